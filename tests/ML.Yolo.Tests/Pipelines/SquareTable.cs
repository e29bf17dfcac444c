using System.Globalization;

namespace ML.Yolo.Tests.Pipelines;

/// <summary>The squares as ML.NET's own object-detection test has its data: a folder of images, and a table with path, labels and corners, the latter two joined by commas.</summary>
internal static class SquareTable
{
    /// <summary>Writes both and returns the table's path. The first image has no object, which such a table cannot hold, and is left out.</summary>
    public static string Write(TemporaryFolder folder, int images)
    {
        var lines = SquareImages.Draw(images + 1).Skip(1).Select((row, i) =>
        {
            row.Image.Save(folder.File($"{i}.png"));
            return string.Join('\t', $"{i}.png", string.Join(',', row.Label), string.Join(',', row.BoundingBoxes.Select(x => x.ToString(CultureInfo.InvariantCulture))));
        });
        File.WriteAllLines(folder.File("squares.tsv"), lines);
        return folder.File("squares.tsv");
    }
}
