using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>What suppression leaves of one image's predictions, most confident first. Owns its tensors.</summary>
public sealed class SuppressedPredictions : IDisposable
{
    internal SuppressedPredictions(Tensor rows, Tensor indices) => (Rows, Indices) = (rows, indices);

    /// <summary>(n, 6) on the CPU: x1, y1, x2, y2 in pixels, score, class index.</summary>
    public Tensor Rows { get; }

    /// <summary>(n) of int64 on the CPU: which of the image's predictions each row is.</summary>
    public Tensor Indices { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Rows.Dispose();
        Indices.Dispose();
    }

    /// <summary>Hands both tensors to the dispose scope around the current one.</summary>
    internal SuppressedPredictions MoveToOuterDisposeScope()
    {
        Rows.MoveToOuterDisposeScope();
        Indices.MoveToOuterDisposeScope();
        return this;
    }
}
