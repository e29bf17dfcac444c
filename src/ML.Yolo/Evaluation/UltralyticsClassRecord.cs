namespace ML.Yolo.Evaluation;

/// <summary>What was seen of one class.</summary>
internal sealed class UltralyticsClassRecord
{
    /// <summary>Objects that are looked for.</summary>
    public int ObjectCount { get; set; }

    /// <summary>One bit per IoU threshold for each detection: whether it is right.</summary>
    public ClassDetections<ushort> Detections { get; } = new();
}
