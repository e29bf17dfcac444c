namespace ML.Yolo.Datasets;

/// <summary>One image of a data set and its objects: the columns that every loader gives.</summary>
internal sealed class DetectionRow
{
    /// <summary>Full path of the image.</summary>
    public required string ImagePath { get; init; }

    /// <summary>Class name of each object.</summary>
    public required string[] Label { get; init; }

    /// <summary>Four numbers an object: x0, y0, x1, y1 in pixels of the image as stored, origin top left, as labelled: a box may leave the image.</summary>
    public required float[] BoundingBoxes { get; init; }
}
