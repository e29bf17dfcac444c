using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>One step's worth of data, on the CPU, or this process's share of it. Owns its tensors.</summary>
/// <param name="Pixels">(B, H, W, 4) bytes.</param>
/// <param name="Targets">(N, 6): image, class, cx, cy, w, h in [0, 1].</param>
/// <param name="Samples">Index in the set of each image, in the order of the batch.</param>
internal sealed record TrainingBatch(Tensor Pixels, Tensor Targets, int[] Samples) : IDisposable
{
    /// <summary>Index in the set of each image of the whole batch.</summary>
    public int[] AllSamples { get; init; } = Samples;

    /// <inheritdoc/>
    public void Dispose()
    {
        Pixels.Dispose();
        Targets.Dispose();
    }
}
