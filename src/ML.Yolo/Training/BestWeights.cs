namespace ML.Yolo.Training;

/// <summary>A copy of the best averaged network so far.</summary>
internal sealed class BestWeights : IDisposable
{
    /// <summary>The copy; null before the first epoch was over, and once it was taken.</summary>
    public YoloNetwork? Network { get; private set; }

    /// <summary>Keeps the weights of a network instead of those before.</summary>
    public void Keep(YoloNetwork average)
    {
        if (Network is null)
            Network = average.Clone();
        else
            Network.CopyStateFrom(average);
    }

    /// <summary>Hands the copy out; the caller disposes it.</summary>
    public YoloNetwork? Take()
    {
        var network = Network;
        Network = null;
        return network;
    }

    /// <inheritdoc/>
    public void Dispose() => Network?.Dispose();
}
