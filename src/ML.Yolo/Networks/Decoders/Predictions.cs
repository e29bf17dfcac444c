using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>What a network predicts for a batch, whatever its head: boxes, and the confidence in each class. Owns its tensors.</summary>
public sealed class Predictions : IDisposable
{
    /// <summary>Takes boxes and scores; they are this object's from here on.</summary>
    /// <param name="boxes">(B, N, 4): centre x, centre y, width, height in pixels.</param>
    /// <param name="scores">(B, N, C): confidences in [0, 1], one per class; objectness, where there is one, is multiplied in.</param>
    /// <exception cref="ArgumentException">The shapes are others, or do not go together.</exception>
    public Predictions(Tensor boxes, Tensor scores)
    {
        ArgumentNullException.ThrowIfNull(boxes);
        ArgumentNullException.ThrowIfNull(scores);
        if (boxes.dim() != 3 || boxes.shape[2] != 4)
            throw new ArgumentException($"boxes has shape ({string.Join(", ", boxes.shape)}); it must be (batch, predictions, 4).", nameof(boxes));
        if (scores.dim() != 3 || scores.shape[0] != boxes.shape[0] || scores.shape[1] != boxes.shape[1] || scores.shape[2] < 1)
        {
            throw new ArgumentException(
                $"scores has shape ({string.Join(", ", scores.shape)}); it must be ({boxes.shape[0]}, {boxes.shape[1]}, classes).", nameof(scores));
        }

        (Boxes, Scores) = (boxes, scores);
    }

    /// <summary>(B, N, 4): centre x, centre y, width, height in pixels of the network's input.</summary>
    public Tensor Boxes { get; }

    /// <summary>(B, N, C): confidence in each class, in [0, 1].</summary>
    public Tensor Scores { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Boxes.Dispose();
        Scores.Dispose();
    }

    /// <summary>Hands both tensors to the dispose scope around the current one.</summary>
    internal Predictions MoveToOuterDisposeScope()
    {
        Boxes.MoveToOuterDisposeScope();
        Scores.MoveToOuterDisposeScope();
        return this;
    }
}
