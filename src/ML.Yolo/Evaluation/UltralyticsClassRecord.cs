namespace ML.Yolo.Evaluation;

/// <summary>What was seen of one class.</summary>
internal sealed class UltralyticsClassRecord
{
    /// <summary>Objects that are looked for.</summary>
    public int ObjectCount { get; set; }

    /// <summary>Per detection a bit an IoU threshold: whether it is right.</summary>
    public ClassDetections<ushort> Detections { get; } = new();
}
