using ML.Yolo.Columns;

namespace ML.Yolo;

/// <summary>Columns and rules of an evaluation.</summary>
public sealed class DetectionEvaluationOptions
{
    /// <summary>True labels: a vector of text or of keys, one per object. Default "Label".</summary>
    public string LabelColumnName { get; set; } = "Label";

    /// <summary>True boxes: a vector of floats, four per object: x0, y0, x1, y1 in pixels. Default "BoundingBoxes".</summary>
    public string BoundingBoxColumnName { get; set; } = "BoundingBoxes";

    /// <summary>Predicted labels: a vector of text or of keys, matched with the true ones by name. Default "PredictedLabel".</summary>
    public string PredictedLabelColumnName { get; set; } = "PredictedLabel";

    /// <summary>Predicted boxes: as the true ones. Default "PredictedBoundingBoxes".</summary>
    public string PredictedBoundingBoxColumnName { get; set; } = "PredictedBoundingBoxes";

    /// <summary>Confidences: a vector of floats, one per predicted box. Default "Score".</summary>
    public string ScoreColumnName { get; set; } = "Score";

    /// <summary>
    /// Which true boxes surround a crowd (COCO's <c>iscrowd</c>): a vector of Boolean, one per object. Crowds are not looked for, and what is detected in
    /// them is not wrong. Null, the default: none.
    /// </summary>
    public string? CrowdColumnName { get; set; }

    /// <summary>
    /// Which objects need not be found (such as VOC's <c>difficult</c> ones): a vector of Boolean, one per object. The detection that finds one is neither
    /// right nor wrong. Null, the default: none.
    /// </summary>
    public string? IgnoredColumnName { get; set; }

    /// <summary>
    /// Areas by which objects are small, medium or large (COCO's <c>area</c>, that of the outline): a vector of Single, one per object, square pixels. Null,
    /// the default: the boxes' areas.
    /// </summary>
    public string? AreaColumnName { get; set; }

    /// <summary>
    /// Whose rules to follow. Default <see cref="DetectionMetricDefinition.Coco"/>. By Ultralytics' rules crowds and ignored objects are as if they were not
    /// there, as the reference leaves them out.
    /// </summary>
    public DetectionMetricDefinition Definition { get; set; } = DetectionMetricDefinition.Coco;

    /// <summary>The names of all columns.</summary>
    internal EvaluationColumnNames ColumnNames => new(
        LabelColumnName,
        BoundingBoxColumnName,
        PredictedLabelColumnName,
        PredictedBoundingBoxColumnName,
        ScoreColumnName,
        CrowdColumnName,
        IgnoredColumnName,
        AreaColumnName);
}
