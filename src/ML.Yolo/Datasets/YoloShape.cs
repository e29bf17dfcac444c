namespace ML.Yolo.Datasets;

/// <summary>What a line of a label file describes.</summary>
internal enum YoloShape
{
    /// <summary>A box.</summary>
    Box,

    /// <summary>A polygon, of which the box around it is taken.</summary>
    Polygon,

    /// <summary>A box and key points, which are passed over.</summary>
    Pose,
}
