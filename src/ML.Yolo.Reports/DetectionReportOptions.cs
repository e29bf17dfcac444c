namespace ML.Yolo;

/// <summary>What a report says and where it finds images.</summary>
public sealed class DetectionReportOptions
{
    /// <summary>Heading of the page. Default "Detection report".</summary>
    public string Title { get; set; } = "Detection report";

    /// <summary>Columns of labels, boxes and predictions in the scored data; its definition is not used, the metrics are given.</summary>
    public DetectionEvaluationOptions Columns { get; set; } = new();

    /// <summary>Column of the images, <c>MLImage</c>. Default "Image". Where the data does not have it, there are no galleries.</summary>
    public string ImageColumnName { get; set; } = "Image";

    /// <summary>
    /// Column of names for the images, such as their paths: text. Default "ImagePath". Where the data does not have it, images are called by the number of
    /// their row.
    /// </summary>
    public string ImageNameColumnName { get; set; } = "ImagePath";

    /// <summary>Images in each gallery. In [0, 100]; default 6.</summary>
    public int GallerySize { get; set; } = 6;

    /// <summary>
    /// Confidence from which detections are shown. In [0, 1]; null, the default, takes the recommended threshold of <see cref="Model"/>, or else the metrics'
    /// best; the confusion matrix's where nothing is right.
    /// </summary>
    public float? ScoreThreshold { get; set; }

    /// <summary>Overlap from which a detection in a gallery is right. In (0, 1]; default 0.5.</summary>
    public double IouThreshold { get; set; } = 0.5;

    /// <summary>
    /// The model that was measured: the page then tells how it was trained, shows the first batch and the training labels where it was trained in this
    /// process, and lays its anchors over the box sizes. Null, the default: boxes are measured in pixels of their images, without anchors.
    /// </summary>
    public YoloTransformer? Model { get; set; }

    /// <summary>Whether every plot is also written as PNG, into the folder "plots" beside the page. Default false.</summary>
    public bool PlotsAsPng { get; set; }

    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Title);
        ArgumentNullException.ThrowIfNull(Columns);
        if (GallerySize is < 0 or > 100)
            throw OutOfRange(nameof(GallerySize), GallerySize, "[0, 100]");
        if (ScoreThreshold is { } score && !(score is >= 0 and <= 1))
            throw OutOfRange(nameof(ScoreThreshold), score, "[0, 1]");
        if (!(IouThreshold is > 0 and <= 1))
            throw OutOfRange(nameof(IouThreshold), IouThreshold, "(0, 1]");
    }

    private static ArgumentOutOfRangeException OutOfRange(string option, double found, string range)
        => new(option, FormattableString.Invariant($"{option} is {found}; it must be in {range}."));
}
