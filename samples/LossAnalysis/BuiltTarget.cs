using ML.Yolo;
using SkiaSharp;

namespace LossAnalysis;

/// <summary>One built target as plain numbers, lengths in cells.</summary>
/// <param name="Object">Row of the object in the targets.</param>
/// <param name="Image">Index of the image.</param>
/// <param name="X">Column of the cell.</param>
/// <param name="Y">Row of the cell.</param>
/// <param name="IsOwnCell">Whether the object's centre lies in this cell, and not in another.</param>
/// <param name="Anchor">The anchor that took it; null for a loss without anchors.</param>
internal sealed record BuiltTarget(int Object, int Image, long X, long Y, bool IsOwnCell, BuiltAnchor? Anchor)
{
    /// <summary>The rows of a layer of a loss with anchors.</summary>
    public static List<BuiltTarget> Of(LayerTargets targets)
    {
        var built = new List<BuiltTarget>();
        for (var row = 0; row < targets.Count; row++)
        {
            var (box, anchor) = (targets.Boxes[row].data<float>().ToArray(), targets.Anchors[row].data<float>().ToArray());
            var image = (int)targets.ImageIndex[row].item<long>();
            var isOwnCell = box[0] is >= 0 and < 1 && box[1] is >= 0 and < 1;
            var found = FindObject(image, targets.Classes[row].item<long>(), box);
            var (x, y) = (targets.GridX[row].item<long>(), targets.GridY[row].item<long>());
            built.Add(new BuiltTarget(found, image, x, y, isOwnCell, new BuiltAnchor((int)targets.AnchorIndex[row].item<long>(), anchor[0], anchor[1])));
        }

        return built;
    }

    /// <summary>The points of a layer of a loss without anchors.</summary>
    /// <param name="targets">Those of all layers.</param>
    /// <param name="layer">Index of the layer.</param>
    public static List<BuiltTarget> Of(PointTargets targets, int layer)
    {
        var first = NotebookInput.Strides.Take(layer).Sum(stride => Cells(stride) * Cells(stride));
        var width = Cells(NotebookInput.Strides[layer]);
        var points = targets.PointIndex.data<long>().ToArray();
        var (images, objects) = (targets.ImageIndex.data<long>().ToArray(), targets.TargetIndex.data<long>().ToArray());
        var rows = Enumerable.Range(0, targets.Count).Where(row => points[row] >= first && points[row] < first + (width * width));
        return [.. rows.Select(row =>
        {
            var (x, y) = ((points[row] - first) % width, (points[row] - first) / width);
            var centre = Rows()[objects[row]];
            var isOwnCell = (long)(centre[2] * width) == x && (long)(centre[3] * width) == y;
            return new BuiltTarget((int)objects[row], (int)images[row], x, y, isOwnCell, Anchor: null);
        })];
    }

    /// <summary>The objects of an image: box in [0, 1] and row in the targets.</summary>
    public static IEnumerable<(SKRect Box, int Index)> Objects(int image)
        => Rows().Index().Where(row => row.Item[0] == image).Select(row => (BoxOf(row.Item), row.Index));

    /// <summary>What an object is called, by its row in the targets.</summary>
    public static string Name(int item)
    {
        var row = Rows()[item];
        return FormattableString.Invariant($"object {item}, image {row[0]}, class {row[1]}");
    }

    private static int Cells(int stride) => NotebookInput.ImageSize / stride;

    /// <summary>An object is known again by its image, class and shape.</summary>
    private static int FindObject(int image, long label, float[] box)
        => Rows().Index()
            .Where(row => row.Item[0] == image && row.Item[1] == label)
            .MinBy(row => Math.Abs((row.Item[4] / row.Item[5]) - (box[2] / box[3]))).Index;

    private static SKRect BoxOf(float[] row) => SKRect.Create(row[2] - (row[4] / 2), row[3] - (row[5] / 2), row[4], row[5]);

    private static float[][] Rows()
    {
        using var targets = NotebookInput.Targets();
        return [.. targets.data<float>().ToArray().Chunk(6)];
    }
}
