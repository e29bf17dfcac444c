using ML.Yolo;
using SkiaSharp;

namespace LossAnalysis;

/// <summary>One built target as plain numbers, lengths in cells.</summary>
/// <param name="Object">Row of the object in the targets.</param>
/// <param name="Image">Index of the image.</param>
/// <param name="X">Column of the cell.</param>
/// <param name="Y">Row of the cell.</param>
/// <param name="IsOwnCell">Whether the object's centre lies in this cell, and not in a neighbour.</param>
/// <param name="AnchorWidth">Width of the anchor that took it.</param>
/// <param name="AnchorHeight">Height of that anchor.</param>
internal sealed record BuiltTarget(int Object, int Image, long X, long Y, bool IsOwnCell, float AnchorWidth, float AnchorHeight)
{
    /// <summary>The rows of a layer.</summary>
    public static IEnumerable<BuiltTarget> Of(LayerTargets targets)
    {
        for (var row = 0; row < targets.Count; row++)
        {
            var (box, anchor) = (targets.Boxes[row].data<float>().ToArray(), targets.Anchors[row].data<float>().ToArray());
            var image = (int)targets.ImageIndex[row].item<long>();
            var isOwnCell = box[0] is >= 0 and < 1 && box[1] is >= 0 and < 1;
            var found = FindObject(image, targets.Classes[row].item<long>(), box);
            var (x, y) = (targets.GridX[row].item<long>(), targets.GridY[row].item<long>());
            yield return new BuiltTarget(found, image, x, y, isOwnCell, anchor[0], anchor[1]);
        }
    }

    /// <summary>The objects of an image: box in [0, 1] and row in the targets.</summary>
    public static IEnumerable<(SKRect Box, int Index)> Objects(int image)
        => Rows().Index().Where(row => row.Item[0] == image).Select(row => (BoxOf(row.Item), row.Index));

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
