using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>
/// A loss whose gradient is known without going back through tensor operations: its value, and all that is needed to write the gradient of the maps once.
/// </summary>
/// <remarks>LibTorch sees it as one operation. Its gradient cannot be differentiated again.</remarks>
internal abstract class AnalyticLoss
{
    /// <summary>The total: weighted sum of the terms times the batch size.</summary>
    public required double Total { get; init; }

    /// <summary>What the gradient is written of; LibTorch keeps it until the gradient was taken. Part of the current dispose scope.</summary>
    public abstract List<Tensor> Saved { get; }

    /// <summary>The gradient of every map.</summary>
    /// <param name="saved">What <see cref="Saved"/> gave.</param>
    /// <param name="factor">The gradient of the total.</param>
    public abstract List<Tensor> Gradients(List<Tensor> saved, double factor);
}
