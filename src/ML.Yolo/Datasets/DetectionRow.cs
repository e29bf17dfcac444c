namespace ML.Yolo.Datasets;

/// <summary>One image of a data set and its objects: the columns that every loader gives.</summary>
internal sealed class DetectionRow
{
    /// <summary>Full path of the image.</summary>
    public required string ImagePath { get; init; }

    /// <summary>Class name of each object; empty where it is missing.</summary>
    public required string[] Label { get; init; }

    /// <summary>Box of each object, pixels of the image as stored, origin top left, as labelled: a box may leave the image.</summary>
    public required Box[] BoundingBoxes { get; init; }
}
