using System.Diagnostics;
using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>Mean of the loss terms over an epoch, kept on the device: only reading it waits.</summary>
internal sealed class RunningMean(IReadOnlyList<string> names, Device device) : IDisposable
{
    private readonly Tensor _sums = zeros(names.Count, ScalarType.Float32, device).DetachFromDisposeScope();
    private readonly Stopwatch _clock = new();
    private int _batches;
    private int _images;
    private TimeSpan _lastBatch;

    /// <summary>Images added per second, from the reset to the last batch.</summary>
    public double ImagesPerSecond => _lastBatch > TimeSpan.Zero ? _images / _lastBatch.TotalSeconds : 0;

    /// <summary>What part of the time from the reset to the last batch a span of it is, in [0, 1].</summary>
    public double ShareOf(TimeSpan span) => _lastBatch > TimeSpan.Zero ? Math.Min(span / _lastBatch, 1) : 0;

    /// <summary>Starts a new mean.</summary>
    public void Reset()
    {
        using var sameTensor = _sums.zero_();
        (_batches, _images, _lastBatch) = (0, 0, TimeSpan.Zero);
        _clock.Restart();
    }

    /// <summary>Adds one batch's terms, or those of a share of it.</summary>
    /// <param name="terms">Means over the images of the share; empty where it has none.</param>
    /// <param name="images">Images of the share.</param>
    /// <param name="allImages">Images of the batch.</param>
    public void Add(IReadOnlyDictionary<string, Tensor> terms, int images, int allImages)
    {
        using var scope = NewDisposeScope();
        if (images > 0)
        {
            var added = stack(names.Select(name => terms[name])).to(ScalarType.Float32);
            _sums.AddInPlace(images == allImages ? added : added.Times((double)images / allImages));
        }

        _batches++;
        _images += allImages;
        _lastBatch = _clock.Elapsed;
    }

    /// <summary>The means by name, over all that share the batches.</summary>
    public IReadOnlyDictionary<string, float> Read(GradientExchange exchange)
    {
        using var scope = NewDisposeScope();
        var means = _sums.Over(Math.Max(_batches, 1)).cpu().data<float>().ToArray();
        if (exchange.SharesBatches)
        {
            double[] sums = Array.ConvertAll(means, mean => (double)mean);
            exchange.Sum(sums);
            means = Array.ConvertAll(sums, sum => (float)sum);
        }

        return names.Zip(means).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    /// <inheritdoc/>
    public void Dispose() => _sums.Dispose();
}
