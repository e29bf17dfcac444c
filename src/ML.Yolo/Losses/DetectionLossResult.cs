using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>What a loss gives for one batch. Owns its tensors.</summary>
public sealed class DetectionLossResult : IDisposable
{
    internal DetectionLossResult(Tensor total, IReadOnlyDictionary<string, Tensor> terms)
    {
        Total = total;
        Terms = terms;
    }

    /// <summary>Weighted sum of the terms times the batch size: a differentiable scalar.</summary>
    public Tensor Total { get; }

    /// <summary>
    /// The weighted terms by name ("box", "obj", "cls"; YOLOv3 adds "noobj"; YOLOv8 has "box", "cls", "dfl"): detached scalars left on the device, so that
    /// reading them is the caller's choice of when to wait.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor> Terms { get; }

    /// <summary>Hands all tensors to the dispose scope around the current one.</summary>
    internal DetectionLossResult MoveToOuterDisposeScope()
    {
        Total.MoveToOuterDisposeScope();
        foreach (var term in Terms.Values)
            term.MoveToOuterDisposeScope();
        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Total.Dispose();
        foreach (var term in Terms.Values)
            term.Dispose();
    }
}
