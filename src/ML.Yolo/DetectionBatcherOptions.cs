namespace ML.Yolo;

/// <summary>How a <see cref="DetectionBatcher"/> gathers images.</summary>
public sealed record DetectionBatcherOptions
{
    /// <summary>Max. images scored at once. In [1, 1024]; null, the default, is the detector's <see cref="ScoringOptions.BatchSize"/>.</summary>
    public int? MaxBatchSize { get; init; }

    /// <summary>
    /// How long the first image of a batch waits, once it is decoded, for others that are still being decoded. At least 0; default 5 ms. Images do not wait
    /// when no other is on its way, or when the batch is full.
    /// </summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Max. images that wait: those being decoded, and those decoded and not yet being scored. At least 1; default 128.</summary>
    public int QueueCapacity { get; init; } = 128;

    /// <summary>Images decoded at once. At least 1; default the number of processors.</summary>
    public int DecodingThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>What time it is, for <see cref="MaxDelay"/>. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Checks every value and throws <see cref="ArgumentOutOfRangeException"/> naming the first that does not hold.</summary>
    internal void Check()
    {
        const int Max = ScoringOptions.MaxBatchSize;
        Require(MaxBatchSize is null or (>= 1 and <= Max), nameof(MaxBatchSize), MaxBatchSize, FormattableString.Invariant($"in [1, {Max}]"));
        Require(MaxDelay >= TimeSpan.Zero && MaxDelay <= TimeSpan.FromMinutes(1), nameof(MaxDelay), MaxDelay, "between 0 and a minute");
        Require(QueueCapacity >= 1, nameof(QueueCapacity), QueueCapacity, "at least 1");
        Require(DecodingThreads >= 1, nameof(DecodingThreads), DecodingThreads, "at least 1");
        ArgumentNullException.ThrowIfNull(TimeProvider);
    }

    private static void Require(bool holds, string option, object? found, string expected)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(option, FormattableString.Invariant($"{option} is {found}; it must be {expected}."));
    }
}
