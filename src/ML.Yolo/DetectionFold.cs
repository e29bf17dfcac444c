using Microsoft.ML;

namespace ML.Yolo;

/// <summary>One part of a cross-validation: a model that did not see it, and how well it does there.</summary>
public sealed class DetectionFold : IDisposable
{
    internal DetectionFold()
    {
    }

    /// <summary>Number of the part, from 1.</summary>
    public required int Fold { get; init; }

    /// <summary>What was trained on the other parts.</summary>
    public required ITransformer Model { get; init; }

    /// <summary>How well it does on this one.</summary>
    public DetectionMetrics Metrics { get; internal set; } = null!;

    /// <summary>Frees the model.</summary>
    public void Dispose() => (Model as IDisposable)?.Dispose();
}
