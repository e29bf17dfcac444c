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

    /// <summary>"v5" or "v3".</summary>
    public required string Loss { get; init; }

    public required int Seed { get; init; }
}
