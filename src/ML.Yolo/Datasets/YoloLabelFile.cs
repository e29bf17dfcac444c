using System.Globalization;

namespace ML.Yolo.Datasets;

/// <summary>
/// A label file of the YOLO format, one line per object, as fractions of the image's size: "class cx cy w h"; or "class x1 y1 x2 y2 x3 y3 …", a polygon; or
/// "class cx cy w h" and key points.
/// </summary>
/// <remarks>Blank lines, any white space, either line end and a byte order mark are fine.</remarks>
internal static class YoloLabelFile
{
    private const int BoxNumbers = 4;
    private const int MinPolygonNumbers = 6;
    private const int NumbersPerVisibleKeyPoint = 3;

    // Annotation tools round: a number may leave [0, 1] by this much.
    private const double Tolerance = 1e-4;

    private static readonly string[] BoxFields = ["cx", "cy", "width", "height"];

    /// <summary>Reads the objects of one image.</summary>
    /// <param name="path">The label file.</param>
    /// <param name="classCount">Classes of the set.</param>
    /// <param name="keyPointNumbers">Numbers that follow each box of a set for pose estimation; 0 where the set does not say.</param>
    /// <exception cref="DatasetFormatException">A line is malformed; the message names file, line and field.</exception>
    public static IReadOnlyList<YoloObject> Read(string path, int classCount, int keyPointNumbers)
    {
        var objects = new List<YoloObject>();
        var number = 0;
        foreach (var line in SetText.ReadLines(path))
        {
            number++;
            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0)
                continue;
            objects.Add(Parse(fields, new Place(path, number), classCount, keyPointNumbers));
        }

        return objects;
    }

    private static YoloObject Parse(string[] fields, Place place, int classCount, int keyPointNumbers)
    {
        var label = Class(fields[0], place, classCount);
        var values = new double[fields.Length - 1];
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.TryParse(fields[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]))
                throw place.Wrong($"{Field(i, values.Length)} is '{fields[i + 1]}'; a number in [0, 1] with a decimal point was expected.");
        }

        var shape = Shape(values, keyPointNumbers);
        if (shape is not { } known)
        {
            throw place.Wrong(
                $"{values.Length} numbers follow the class; 4 (cx cy width height), or 6 or more in pairs (a polygon), were expected.");
        }

        var used = known == YoloShape.Pose ? values[..BoxNumbers] : values;
        for (var i = 0; i < used.Length; i++)
            used[i] = Fraction(used[i], fields[i + 1], Field(i, used.Length), place);
        var (x0, y0, x1, y1) = known == YoloShape.Polygon ? Bounds(used) : Corners(used);
        return new YoloObject(label, x0, y0, x1, y1, known);
    }

    /// <summary>Whole numbers, however they are written: some tools write all columns as floating-point numbers.</summary>
    private static int Class(string text, Place place, int classCount)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var label)
            && label >= 0 && label < classCount && label == Math.Floor(label)
            ? (int)label
            : throw place.Wrong($"class is '{text}'; a whole number from 0 to {classCount - 1} was expected.");

    private static string Field(int index, int count) => count == BoxNumbers ? BoxFields[index] : index % 2 == 0 ? "x" : "y";

    /// <summary>What a line's numbers are; null where they are nothing.</summary>
    private static YoloShape? Shape(double[] values, int keyPointNumbers)
    {
        if (values.Length == BoxNumbers)
            return YoloShape.Box;
        if (values.Length > BoxNumbers && (values.Length == BoxNumbers + keyPointNumbers || (keyPointNumbers == 0 && HasVisibleKeyPoints(values))))
            return YoloShape.Pose;
        return values.Length >= MinPolygonNumbers && values.Length % 2 == 0 ? YoloShape.Polygon : null;
    }

    /// <summary>
    /// Whether a box and key points of x, y and visibility are what the numbers say: every third one is 0, 1 or 2, and the box is one that lies in the image.
    /// </summary>
    private static bool HasVisibleKeyPoints(double[] values)
    {
        if ((values.Length - BoxNumbers) % NumbersPerVisibleKeyPoint != 0)
            return false;
        for (var i = BoxNumbers + 2; i < values.Length; i += NumbersPerVisibleKeyPoint)
        {
            if (values[i] is not (0 or 1 or 2))
                return false;
        }

        var (x0, y0, x1, y1) = Corners(values);
        return x1 > x0 && y1 > y0 && x0 >= -Tolerance && y0 >= -Tolerance && x1 <= 1 + Tolerance && y1 <= 1 + Tolerance;
    }

    private static double Fraction(double value, string text, string field, Place place)
        => value is >= -Tolerance and <= 1 + Tolerance
            ? Math.Clamp(value, 0, 1)
            : throw place.Wrong($"{field} is {text}; a number in [0, 1] was expected: labels are fractions of the image's size.");

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
