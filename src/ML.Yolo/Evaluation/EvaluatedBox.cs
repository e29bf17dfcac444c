namespace ML.Yolo.Evaluation;

/// <summary>A box of the ground truth or a detection, in pixels of the image.</summary>
internal readonly record struct EvaluatedBox(float X0, float Y0, float X1, float Y1)
{
    /// <summary>Intersection over union; 0 where both are empty.</summary>
    public double Iou(in EvaluatedBox other)
    {
        var width = Math.Min((double)X1, other.X1) - Math.Max((double)X0, other.X0);
        var height = Math.Min((double)Y1, other.Y1) - Math.Max((double)Y0, other.Y0);
        if (width <= 0 || height <= 0)
            return 0;
        var overlap = width * height;
        return overlap / (Area + other.Area - overlap);
    }

    private double Area => ((double)X1 - X0) * ((double)Y1 - Y0);
}
