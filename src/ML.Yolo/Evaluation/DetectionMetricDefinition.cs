namespace ML.Yolo;

/// <summary>Whose rules say when a detection is right and how precision is averaged. Numbers by different definitions must not be compared.</summary>
public enum DetectionMetricDefinition
{
    /// <summary>
    /// COCO's, as pycocotools computes it: greedy matching by image and class, most confident first; crowds and ignored objects count neither for nor
    /// against; the 100 most confident detections of an image and class; the precision envelope sampled at 101 recall levels.
    /// </summary>
    Coco,

    /// <summary>
    /// Ultralytics', as YOLOv5 7.0 computes it: each detection stands for the one object it overlaps most; the envelope, with the points (0, 1) and (1, 0)
    /// added, is integrated over 101 recall levels; precision, recall and F1 are means over classes, at the confidence where the smoothed mean F1 is highest.
    /// </summary>
    Ultralytics,
}
