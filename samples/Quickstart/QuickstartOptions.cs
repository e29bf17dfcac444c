using ML.Yolo;

namespace Quickstart;

/// <summary>What the command line asked for.</summary>
internal sealed record QuickstartOptions
{
    /// <summary>A data set in the YOLO format; null draws scenes.</summary>
    public string? Data { get; init; }

    /// <summary>Where model and pictures go.</summary>
    public required string Output { get; init; }

    public required int Epochs { get; init; }

    public required int ImageSize { get; init; }

    public required int BatchSize { get; init; }

    /// <summary>"v5", "v3" or "v8"; null is the architecture's own.</summary>
    public string? Loss { get; init; }

    public required int Seed { get; init; }

    /// <summary>Weights to begin with; null trains from scratch.</summary>
    public string? Weights { get; init; }

    /// <summary>The network; null is that of the weights, or the default.</summary>
    public YoloArchitecture? Architecture { get; init; }

    /// <summary>Number of the GPU; null is the CPU.</summary>
    public int? Gpu { get; init; }

    public required OptimizerKind Optimizer { get; init; }

    /// <summary>The split of the data that is measured on.</summary>
    public required string ValidationSplit { get; init; }

    /// <summary>Whether an interrupted run is gone on with.</summary>
    public required bool Resumes { get; init; }
}
