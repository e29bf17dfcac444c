using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Columns;
using ML.Yolo.Imaging;

namespace ML.Yolo.Scoring;

/// <summary>Reads images from rows, runs them through an engine, and writes what it found as column values.</summary>
/// <param name="engine">Runs the network.</param>
/// <param name="input">What the network takes in.</param>
/// <param name="options">How to score; read anew for each batch.</param>
/// <param name="warn">Is told of images that are passed over; null where nobody listens.</param>
internal sealed class DetectionScorer(IDetectionEngine engine, DetectorInput input, ScoringOptions options, Action<string>? warn = null)
{
    /// <summary>Rows to gather before scoring.</summary>
    public int BatchSize => Math.Min(options.BatchSize, input.MaxBatchSize);

    public string ImageColumnName => input.ImageColumnName;

    /// <summary>The images of a row.</summary>
    /// <param name="row">Active in the image column and those of <see cref="ImageColumn.PathColumns"/>.</param>
    public ImageColumn Images(DataViewRow row) => new(row, row.Schema[input.ImageColumnName], EncodedImage.Problem);

    /// <summary>Takes what the network needs of the row's image, which may be disposed afterwards; null where it cannot be read and is passed over.</summary>
    /// <param name="images">The images of the row.</param>
    /// <param name="row">Number of the row.</param>
    /// <param name="read">Gets the image.</param>
    /// <param name="bad">Takes the row where it is passed over.</param>
    /// <exception cref="FormatException">The image is missing, damaged or disposed, and such are not passed over; names row, column and file.</exception>
    public LetterboxedImage? Read(ImageColumn images, long row, Func<MLImage?> read, BadSamples bad)
    {
        try
        {
            var image = images.Require(images.Load(read));
            var letterbox = Letterbox.Fit(image, input.ImageSize);
            return new LetterboxedImage(ResizedImage.From(image, letterbox), letterbox);
        }
        catch (RowProblem problem)
        {
            if (options.BadImageHandling == BadSampleHandling.Throw)
                throw problem.At(row);
            bad.Add(row, RowProblem.Describe(problem, row));
            return null;
        }
    }

    /// <summary>Tells of the images that were passed over.</summary>
    public void Report(BadSamples bad)
    {
        if (bad.Count > 0)
            warn?.Invoke(bad.Report("the scored data", "scored without any detection"));
    }

    /// <summary>Detects in the images that could be read; the others have no detection.</summary>
    public Detection[][] ScoreReadable(IReadOnlyList<LetterboxedImage?> images)
    {
        var found = new Queue<Detection[]>(Score([.. images.OfType<LetterboxedImage>()]));
        return [.. images.Select(image => image is null ? [] : found.Dequeue())];
    }

    /// <summary>Detects with the values that the options hold now.</summary>
    public Detection[][] Score(IReadOnlyList<LetterboxedImage> images)
    {
        if (images.Count == 0)
            return [];
        var settings = options.Snapshot();
        var canvas = engine.HasFixedCanvas ? ScoringCanvas.Square : settings.Canvas;
        var batches = ScoringCanvases.Lay(images, canvas, input.MaxStride, input.ShowsBorders, engine.PixelsAtOnce, engine.Lanes);
        return ScoringCanvases.Detect(batches, engine, settings.Suppression);
    }

    /// <summary>The getter of the <paramref name="offset"/>th predicted column: labels, boxes, scores.</summary>
    public static Delegate Getter(int offset, Func<Detection[]> detections) => offset switch
    {
        0 => (ValueGetter<VBuffer<uint>>)((ref VBuffer<uint> value) => WriteLabels(detections(), ref value)),
        1 => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => WriteBoxes(detections(), ref value)),
        2 => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => WriteScores(detections(), ref value)),
        _ => throw new ArgumentOutOfRangeException(nameof(offset)),
    };

    private static void WriteLabels(Detection[] detections, ref VBuffer<uint> value)
    {
        var editor = VBufferEditor.Create(ref value, detections.Length);
        for (var i = 0; i < detections.Length; i++)
            editor.Values[i] = (uint)detections[i].ClassIndex + 1;                        // key 0 is ML.NET's "missing"
        value = editor.Commit();
    }

    private static void WriteBoxes(Detection[] detections, ref VBuffer<float> value)
    {
        var editor = VBufferEditor.Create(ref value, 4 * detections.Length);
        for (var i = 0; i < detections.Length; i++)
        {
            var box = editor.Values.Slice(4 * i, 4);
            (box[0], box[1], box[2], box[3]) = (detections[i].X0, detections[i].Y0, detections[i].X1, detections[i].Y1);
        }

        value = editor.Commit();
    }

    private static void WriteScores(Detection[] detections, ref VBuffer<float> value)
    {
        var editor = VBufferEditor.Create(ref value, detections.Length);
        for (var i = 0; i < detections.Length; i++)
            editor.Values[i] = detections[i].Score;
        value = editor.Commit();
    }
}
