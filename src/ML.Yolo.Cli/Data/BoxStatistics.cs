using System.Globalization;

namespace ML.Yolo.Cli.Data;

/// <summary>How large the labelled boxes are, and how many there are per picture.</summary>
internal static class BoxStatistics
{
    private static readonly double[] Shares = [0, 0.1, 0.5, 0.9, 1];

    /// <summary>A small table: lowest, tenth, half, ninetieth per cent, highest.</summary>
    public static string Table(IReadOnlyList<LabelledPicture> pictures)
    {
        var boxes = pictures.SelectMany(picture => picture.BoundingBoxes.Chunk(4)).ToList();
        if (boxes.Count == 0)
            return "no boxes";
        (string Name, IEnumerable<float> Values)[] rows =
        [
            ("width, pixels", boxes.Select(box => box[2] - box[0])),
            ("height, pixels", boxes.Select(box => box[3] - box[1])),
            ("boxes per picture", pictures.Select(picture => (float)picture.Label.Length)),
        ];
        var head = $"{"",-18}{"lowest",9}{"10 %",9}{"median",9}{"90 %",9}{"highest",9}";
        return string.Join(Environment.NewLine, rows.Select(row => Line(row.Name, [.. row.Values.Order()])).Prepend(head));
    }

    private static string Line(string name, float[] sorted)
    {
        var values = Shares.Select(share => sorted[(int)Math.Round(share * (sorted.Length - 1))]);
        return $"{name,-18}{string.Concat(values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value,9:F0}")))}";
    }
}
