namespace ML.Yolo.Samples;

/// <summary>Recognises boxes that are given as fractions of the image instead of in pixels: nearly all lie within its first pixel.</summary>
internal static class SubpixelBoxes
{
    private const float FirstPixel = 1.001f;
    private const double NearlyAll = 0.9;

    /// <summary>What is suspected, with an example, as a sentence; null where nothing is.</summary>
    /// <param name="samples">The samples, in the order of their rows.</param>
    public static string? Describe(IReadOnlyList<TrainingSample> samples)
    {
        var all = samples.Sum(sample => sample.Boxes.Length);
        var tiny = samples.Sum(sample => sample.Boxes.Count(IsTiny));
        if (tiny == 0 || tiny < NearlyAll * all)
            return null;
        var row = samples.Select((sample, i) => (sample, i)).First(item => item.sample.Boxes.Any(IsTiny));
        var box = row.sample.Boxes.First(IsTiny);
        return FormattableString.Invariant($"{tiny} of {all} boxes lie within the first pixel of their image, such as ")
            + FormattableString.Invariant($"({box.X0}, {box.Y0}, {box.X1}, {box.Y1}) in ")
            + FormattableString.Invariant($"sample {row.i} of {row.sample.Letterbox.Width} × {row.sample.Letterbox.Height} pixels. ")
            + "Are they fractions of the image? x0, y0, x1, y1 in pixels are expected.";
    }

    private static bool IsTiny(Box box) => box.X1 <= FirstPixel && box.Y1 <= FirstPixel;
}
