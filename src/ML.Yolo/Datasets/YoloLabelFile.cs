using System.Globalization;

namespace ML.Yolo.Datasets;

/// <summary>A label file of the YOLO format: one line per object, "class cx cy w h" or "class x1 y1 x2 y2 x3 y3 …", fractions of the image's size.</summary>
/// <remarks>Blank lines, any white space, either line end and a byte order mark are fine.</remarks>
internal static class YoloLabelFile
{
    private const int BoxNumbers = 4;
    private const int MinPolygonNumbers = 6;

    // Annotation tools round: a number may leave [0, 1] by this much.
    private const double Tolerance = 1e-4;

    private static readonly string[] BoxFields = ["cx", "cy", "width", "height"];

    /// <summary>Reads the objects of one image; none where there is no file.</summary>
    /// <param name="path">The label file.</param>
    /// <param name="classCount">Classes of the set.</param>
    /// <returns>
    /// Class index and box of each object: left, top, right, bottom as fractions of the image, which a box may leave although its centre does not.
    /// </returns>
    /// <exception cref="DatasetFormatException">A line is malformed; the message names file, line and field.</exception>
    public static IReadOnlyList<(int Class, double X0, double Y0, double X1, double Y1)> Read(string path, int classCount)
    {
        if (!File.Exists(path))
            return [];
        var objects = new List<(int, double, double, double, double)>();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0)
                continue;
            objects.Add(Parse(fields, new Place(path, number), classCount));
        }

        return objects;
    }

    private static (int Class, double X0, double Y0, double X1, double Y1) Parse(string[] fields, Place place, int classCount)
    {
        if (!int.TryParse(fields[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var label) || label < 0 || label >= classCount)
            throw place.Wrong($"class is '{fields[0]}'; a whole number from 0 to {classCount - 1} was expected.");
        var count = fields.Length - 1;
        if (count != BoxNumbers && (count < MinPolygonNumbers || count % 2 != 0))
            throw place.Wrong($"{count} numbers follow the class; 4 (cx cy width height), or 6 or more in pairs (a polygon), were expected.");
        var values = new double[count];
        for (var i = 0; i < count; i++)
            values[i] = Fraction(fields[i + 1], count == BoxNumbers ? BoxFields[i] : i % 2 == 0 ? "x" : "y", place);
        var (x0, y0, x1, y1) = count == BoxNumbers ? Corners(values) : Bounds(values);
        return (label, x0, y0, x1, y1);
    }

    private static double Fraction(string text, string field, Place place)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            throw place.Wrong($"{field} is '{text}'; a number in [0, 1] with a decimal point was expected.");
        return value is >= -Tolerance and <= 1 + Tolerance
            ? Math.Clamp(value, 0, 1)
            : throw place.Wrong($"{field} is {text}; a number in [0, 1] was expected: labels are fractions of the image's size.");
    }

    private static (double X0, double Y0, double X1, double Y1) Corners(double[] box)
        => (box[0] - (box[2] / 2), box[1] - (box[3] / 2), box[0] + (box[2] / 2), box[1] + (box[3] / 2));

    private static (double X0, double Y0, double X1, double Y1) Bounds(double[] polygon)
    {
        var (x0, y0, x1, y1) = (1.0, 1.0, 0.0, 0.0);
        for (var i = 0; i < polygon.Length; i += 2)
            (x0, y0, x1, y1) = (Math.Min(x0, polygon[i]), Math.Min(y0, polygon[i + 1]), Math.Max(x1, polygon[i]), Math.Max(y1, polygon[i + 1]));
        return (x0, y0, x1, y1);
    }

    private readonly record struct Place(string Path, int Line)
    {
        public DatasetFormatException Wrong(string problem) => new(Path, Line, problem);
    }
}
