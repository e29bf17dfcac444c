namespace ML.Yolo.Cli.Data;

/// <summary>A picture and its labels, with the columns of a loader's row.</summary>
internal sealed class LabelledPicture
{
    /// <summary>Full path.</summary>
    public string ImagePath { get; set; } = "";

    /// <summary>A class name for each object.</summary>
    public string[] Label { get; set; } = [];

    /// <summary>Four numbers for each object: x0, y0, x1, y1 in pixels.</summary>
    public float[] BoundingBoxes { get; set; } = [];
}
