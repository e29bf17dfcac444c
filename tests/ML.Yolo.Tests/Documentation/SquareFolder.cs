using System.Globalization;

namespace ML.Yolo.Tests.Documentation;

/// <summary>Pictures of squares as a data set in the YOLO format, with a train and a val split.</summary>
internal static class SquareFolder
{
    private static readonly string[] Names = ["red", "blue"];

    public static void Write(string folder, int trainCount, int valCount)
    {
        WriteSplit(folder, "train", SquareImages.Draw(trainCount));
        WriteSplit(folder, "val", SquareImages.Draw(valCount, seed: 2));
        File.WriteAllLines(Path.Combine(folder, "data.yaml"), ["train: images/train", "val: images/val", $"names: [{string.Join(", ", Names)}]"]);
    }

    private static void WriteSplit(string folder, string split, IReadOnlyList<SquareImages.Row> rows)
    {
        var images = Directory.CreateDirectory(Path.Combine(folder, "images", split)).FullName;
        var labels = Directory.CreateDirectory(Path.Combine(folder, "labels", split)).FullName;
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            row.Image.Save(Path.Combine(images, $"{i}.png"));
            var boxes = row.BoundingBoxes.Chunk(4).ToList();
            File.WriteAllLines(Path.Combine(labels, $"{i}.txt"), row.Label.Zip(boxes, (label, box) => Line(label, box, row.Image.Width, row.Image.Height)));
        }
    }

    private static string Line(string label, float[] box, int width, int height)
    {
        var (x, y) = ((box[0] + box[2]) / 2 / width, (box[1] + box[3]) / 2 / height);
        var (w, h) = ((box[2] - box[0]) / width, (box[3] - box[1]) / height);
        return string.Create(CultureInfo.InvariantCulture, $"{Array.IndexOf(Names, label)} {x} {y} {w} {h}");
    }
}
