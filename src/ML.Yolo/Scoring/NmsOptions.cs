namespace ML.Yolo;

/// <summary>How overlapping detections are thinned out.</summary>
public sealed record NmsOptions
{
    /// <summary>Predictions whose score is not above this are dropped. In [0, 1]; default 0.25.</summary>
    public float ScoreThreshold { get; init; } = 0.25f;

    /// <summary>Of two detections that overlap by more than this IoU, the less confident one is dropped. In [0, 1]; default 0.45.</summary>
    public float IouThreshold { get; init; } = 0.45f;

    /// <summary>Whether one box may be reported under several classes, each with its own score, instead of its likeliest alone.</summary>
    public bool MultiLabel { get; init; }

    /// <summary>Whether boxes of different classes suppress each other too.</summary>
    public bool ClassAgnostic { get; init; }

    /// <summary>Detections per image at most. At least 1; default 300.</summary>
    public int MaxDetections { get; init; } = 300;

    /// <summary>Candidates per image that are compared at most, the most confident first. At least 1; default 30,000.</summary>
    public int MaxCandidates { get; init; } = 30_000;

    /// <summary>Class indices to report; null, the default, is all.</summary>
    public IReadOnlyList<int>? Classes { get; init; }
}
