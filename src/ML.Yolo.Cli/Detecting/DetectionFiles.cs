namespace ML.Yolo.Cli.Detecting;

/// <summary>What is saved of detections, beside detections.jsonl.</summary>
[Flags]
internal enum DetectionFiles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The pictures with their boxes.</summary>
    Pictures = 1,

    /// <summary>A label file of the YOLO format per picture, and the names of the classes.</summary>
    YoloLabels = 2,

    /// <summary>One COCO file.</summary>
    Coco = 4,
}
