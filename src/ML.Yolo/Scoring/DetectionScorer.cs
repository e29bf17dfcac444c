using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Columns;
using ML.Yolo.Imaging;

namespace ML.Yolo.Scoring;

/// <summary>Reads images from rows, runs them through an engine, and writes what it found as column values.</summary>
/// <param name="engine">Runs the network.</param>
/// <param name="input">What the network takes in.</param>
/// <param name="options">How to score; read anew for each batch.</param>
internal sealed class DetectionScorer(IDetectionEngine engine, DetectorInput input, ScoringOptions options)
{
    /// <summary>Rows to gather before scoring.</summary>
    public int BatchSize => Math.Min(options.BatchSize, input.MaxBatchSize);

    public string ImageColumnName => input.ImageColumnName;

    /// <summary>Takes what the network needs of an image; the image itself may be disposed afterwards.</summary>
    /// <exception cref="InvalidOperationException">The row has no image, or one that was disposed.</exception>
    public LetterboxedImage Read(MLImage? image, long row)
    {
        if (image is null)
            throw new InvalidOperationException($"Row {row} has no image in column '{input.ImageColumnName}'.");
        if (ImageColumn.IsDisposed(image))
            throw new InvalidOperationException($"Row {row}: the image in column '{input.ImageColumnName}' was disposed before it was read.");
        var letterbox = Letterbox.Fit(image, input.ImageSize);
        return new LetterboxedImage(ResizedImage.From(image, letterbox), letterbox);
    }

    /// <summary>Detects with the values that the options hold now.</summary>
    public Detection[][] Score(IReadOnlyList<LetterboxedImage> images)
    {
        var settings = options.Snapshot();
        var canvas = engine.HasFixedCanvas ? ScoringCanvas.Square : settings.Canvas;
        return ScoringCanvases.Detect(images, canvas, input.MaxStride, input.ShowsBorders, alike => engine.Detect(alike, settings.Suppression));
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
