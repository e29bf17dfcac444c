using ML.Yolo.Scoring;

namespace ML.Yolo;

/// <summary>How a detector scores: which detections it reports, and how images are laid out and batched. All of a trained model that may change.</summary>
/// <remarks>
/// Every value is checked when it is set. Values may be changed while other threads score: a batch of rows is scored with the values that hold when its
/// scoring begins. <see cref="BatchSize"/> counts from the next pass over the rows.
/// </remarks>
public sealed class ScoringOptions
{
    /// <summary>Max. <see cref="BatchSize"/>.</summary>
    internal const int MaxBatchSize = 1024;

    private readonly Lock _lock = new();
    private volatile ScoringSettings _settings = new(new NmsOptions(), ScoringCanvas.Tight, BatchSize: 8, BadSampleHandling.Throw);

    /// <summary>The reference's values for measuring average precision, which ranks all detections, doubtful ones too: a new object each time.</summary>
    /// <value>
    /// <see cref="ScoreThreshold"/> 0.001, <see cref="IouThreshold"/> 0.6, <see cref="MultiLabel"/> true, <see cref="MaxDetections"/> 300, the rest as by
    /// default.
    /// </value>
    public static ScoringOptions Measuring => new() { ScoreThreshold = 0.001f, IouThreshold = 0.6f, MultiLabel = true, MaxDetections = 300 };

    /// <summary>Detections are reported if their confidence is above this. In [0, 1]; default 0.25.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range or NaN.</exception>
    public float ScoreThreshold
    {
        get => _settings.Suppression.ScoreThreshold;
        set
        {
            Require(value is >= 0 and <= 1, nameof(ScoreThreshold), value, "in [0, 1]");
            Change(settings => settings with { Suppression = settings.Suppression with { ScoreThreshold = value } });
        }
    }

    /// <summary>Of two detections of one class that overlap by more than this IoU, the less confident one is dropped. In [0, 1]; default 0.45.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range or NaN.</exception>
    public float IouThreshold
    {
        get => _settings.Suppression.IouThreshold;
        set
        {
            Require(value is >= 0 and <= 1, nameof(IouThreshold), value, "in [0, 1]");
            Change(settings => settings with { Suppression = settings.Suppression with { IouThreshold = value } });
        }
    }

    /// <summary>
    /// Whether one box may be reported under several classes, each with its own confidence, instead of its likeliest class alone. Default false; true when
    /// measuring.
    /// </summary>
    public bool MultiLabel
    {
        get => _settings.Suppression.MultiLabel;
        set => Change(settings => settings with { Suppression = settings.Suppression with { MultiLabel = value } });
    }

    /// <summary>Max. detections per image. At least 1; default 300.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int MaxDetections
    {
        get => _settings.Suppression.MaxDetections;
        set
        {
            Require(value >= 1, nameof(MaxDetections), value, "at least 1");
            Change(settings => settings with { Suppression = settings.Suppression with { MaxDetections = value } });
        }
    }

    /// <summary>What images are laid on. Default <see cref="ScoringCanvas.Tight"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the enumeration's.</exception>
    public ScoringCanvas Canvas
    {
        get => _settings.Canvas;
        set
        {
            Require(Enum.IsDefined(value), nameof(Canvas), value, $"one of {string.Join(", ", Enum.GetNames<ScoringCanvas>())}");
            Change(settings => settings with { Canvas = value });
        }
    }

    /// <summary>
    /// The confidence from which detections should count: that of the highest F1 of the best epoch on the validation set. It is a fact of the trained model
    /// and
    /// changes nothing by itself: set <see cref="ScoreThreshold"/> to it. In [0, 1]; null where the model was not validated while it was trained.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range or NaN.</exception>
    public float? RecommendedThreshold
    {
        get => _settings.RecommendedThreshold;
        set
        {
            Require(value is null or (>= 0 and <= 1), nameof(RecommendedThreshold), value ?? float.NaN, "in [0, 1]");
            Change(settings => settings with { RecommendedThreshold = value });
        }
    }

    /// <summary>Rows scored at once. In [1, 1024]; default 8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int BatchSize
    {
        get => _settings.BatchSize;
        set
        {
            Require(value is >= 1 and <= MaxBatchSize, nameof(BatchSize), value, FormattableString.Invariant($"in [1, {MaxBatchSize}]"));
            Change(settings => settings with { BatchSize = value });
        }
    }

    /// <summary>
    /// What happens where an image is missing, damaged or not an image: an exception that names row, column and file, or, for long jobs, a row without any
    /// detection, which the log tells of. Default <see cref="BadSampleHandling.Throw"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the enumeration's.</exception>
    public BadSampleHandling BadImageHandling
    {
        get => _settings.BadImageHandling;
        set
        {
            Require(Enum.IsDefined(value), nameof(BadImageHandling), value, $"one of {string.Join(", ", Enum.GetNames<BadSampleHandling>())}");
            Change(settings => settings with { BadImageHandling = value });
        }
    }

    /// <summary>All values as they are now, none older or newer than another.</summary>
    internal ScoringSettings Snapshot() => _settings;

    /// <summary>A copy that later changes to this object do not touch.</summary>
    internal ScoringOptions Copy() => new() { _settings = _settings };

    private static void Require(bool holds, string option, object found, string expected)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(option, FormattableString.Invariant($"{option} is {found}; it must be {expected}."));
    }

    /// <summary>Takes over one value; those that other threads set meanwhile are kept.</summary>
    private void Change(Func<ScoringSettings, ScoringSettings> change)
    {
        lock (_lock)
            _settings = change(_settings);
    }
}
