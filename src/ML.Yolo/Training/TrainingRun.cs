using System.Runtime.InteropServices;

namespace ML.Yolo;

/// <summary>When, where and on what a detector was trained. Its options are saved beside.</summary>
public sealed record TrainingRun
{
    /// <summary>When the run began; where it was resumed, when it first did.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>What decided everything drawn at random.</summary>
    public required int Seed { get; init; }

    /// <summary>Where the network ran, such as "cpu" or "cuda:0".</summary>
    public required string Device { get; init; }

    /// <summary>The machine: processors and system.</summary>
    public required string Hardware { get; init; }

    /// <summary>Version of the library.</summary>
    public required string LibraryVersion { get; init; }

    /// <summary>Images trained on.</summary>
    public required int ImageCount { get; init; }

    /// <summary>Objects trained on by class, in the order of the classes; those without an object are there with 0.</summary>
    public required IReadOnlyDictionary<string, int> ObjectCounts { get; init; }

    /// <summary>Images that the epochs were measured on; null where they were not.</summary>
    public int? ValidationImageCount { get; init; }

    /// <summary>This machine.</summary>
    internal static string ThisHardware
        => FormattableString.Invariant($"{Environment.ProcessorCount} processors, {RuntimeInformation.ProcessArchitecture}, ")
            + RuntimeInformation.OSDescription;

    /// <summary>This library.</summary>
    internal static string ThisVersion => typeof(TrainingRun).Assembly.GetName().Version!.ToString(3);
}
