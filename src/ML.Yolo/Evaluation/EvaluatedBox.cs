namespace ML.Yolo.Evaluation;

/// <summary>A box of the ground truth or a detection, in pixels of the image.</summary>
internal readonly record struct EvaluatedBox(float X0, float Y0, float X1, float Y1)
{
    /// <summary>Square pixels.</summary>
    public double Area => ((double)X1 - X0) * ((double)Y1 - Y0);

    /// <summary>Intersection over union; 0 where both are empty.</summary>
    public double Iou(in EvaluatedBox other)
    {
        var overlap = Overlap(other);
        return overlap > 0 ? overlap / (Area + other.Area - overlap) : 0;
    }

    /// <summary>Share of this box that lies within the other: COCO's overlap with a crowd.</summary>
    public double ShareWithin(in EvaluatedBox other)
    {
        var overlap = Overlap(other);
        return overlap > 0 ? overlap / Area : 0;
    }

    private double Overlap(in EvaluatedBox other)
    {
        var width = Math.Min((double)X1, other.X1) - Math.Max((double)X0, other.X0);
        var height = Math.Min((double)Y1, other.Y1) - Math.Max((double)Y0, other.Y0);
        return width > 0 && height > 0 ? width * height : 0;
    }
}
