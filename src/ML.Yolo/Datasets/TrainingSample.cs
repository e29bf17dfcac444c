using ML.Yolo.Imaging;

namespace ML.Yolo.Datasets;

/// <summary>One image of a training or validation set and its objects.</summary>
/// <param name="Image">Index in the image cache.</param>
/// <param name="Letterbox">Where the image lies on the canvas.</param>
/// <param name="Classes">Class index of each object.</param>
/// <param name="Boxes">Four numbers an object: x0, y0, x1, y1 in pixels of the original image, upright, within it.</param>
internal sealed record TrainingSample(int Image, Letterbox Letterbox, int[] Classes, float[] Boxes)
{
    /// <summary>Writes the targets as rows: image, class, cx, cy, w, h in [0, 1] of the canvas.</summary>
    public void AppendTargets(int imageIndex, List<float> rows)
    {
        for (var i = 0; i < Classes.Length; i++)
        {
            var (x0, y0) = Letterbox.ToCanvas(Boxes[4 * i], Boxes[(4 * i) + 1]);
            var (x1, y1) = Letterbox.ToCanvas(Boxes[(4 * i) + 2], Boxes[(4 * i) + 3]);
            rows.Add(imageIndex);
            rows.Add(Classes[i]);
            rows.Add((x0 + x1) / 2 / Letterbox.CanvasWidth);
            rows.Add((y0 + y1) / 2 / Letterbox.CanvasHeight);
            rows.Add((x1 - x0) / Letterbox.CanvasWidth);
            rows.Add((y1 - y0) / Letterbox.CanvasHeight);
        }
    }
}
