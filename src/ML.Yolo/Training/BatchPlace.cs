namespace ML.Yolo.Training;

/// <summary>Which batch of a run one is.</summary>
/// <param name="Epoch">Its epoch, from 1.</param>
/// <param name="Index">Its index in the epoch, from 0.</param>
/// <param name="Count">Batches per epoch.</param>
internal readonly record struct BatchPlace(int Epoch, int Index, int Count)
{
    /// <summary>Whether it is the last of its epoch.</summary>
    public bool IsLast => Index == Count - 1;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"epoch {Epoch}, batch {Index + 1} of {Count}");
}
