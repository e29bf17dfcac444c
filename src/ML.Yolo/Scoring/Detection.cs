using ML.Yolo.Imaging;

namespace ML.Yolo.Scoring;

/// <summary>One object found.</summary>
/// <param name="X0">Left, pixels of the original image.</param>
/// <param name="Y0">Top, pixels of the original image.</param>
/// <param name="X1">Right, pixels of the original image.</param>
/// <param name="Y1">Bottom, pixels of the original image.</param>
/// <param name="Score">Confidence in [0, 1].</param>
/// <param name="ClassIndex">Index of the class, from 0.</param>
internal readonly record struct Detection(float X0, float Y0, float X1, float Y1, float Score, int ClassIndex)
{
    private const int RowLength = 6;

    /// <summary>Takes rows of a suppression (x1, y1, x2, y2 on the canvas, score, class index) back to the original image.</summary>
    public static Detection[] FromRows(ReadOnlySpan<float> rows, Letterbox letterbox)
    {
        var detections = new Detection[rows.Length / RowLength];
        for (var i = 0; i < detections.Length; i++)
        {
            var row = rows.Slice(i * RowLength, RowLength);
            var box = letterbox.ToStored(row[0], row[1], row[2], row[3]);
            if (!box.IsFinite)
                throw new FormatException(FormattableString.Invariant($"The network put out a box that is not finite, with score {row[4]}: it is damaged."));
            detections[i] = new Detection(box.X0, box.Y0, box.X1, box.Y1, row[4], (int)row[5]);
        }

        return detections;
    }
}
