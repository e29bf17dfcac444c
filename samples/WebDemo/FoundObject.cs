using ML.Yolo;

namespace WebDemo;

/// <summary>An object in an image.</summary>
/// <param name="Label">Name of its class.</param>
/// <param name="ClassIndex">From 0, as in <c>/v1/model</c>.</param>
/// <param name="Score">Confidence in [0, 1].</param>
/// <param name="Box">Pixels, origin top left.</param>
internal sealed record FoundObject(string Label, int ClassIndex, float Score, PixelBox Box)
{
    public static FoundObject Of(DetectedObject found)
        => new(found.Label, found.ClassIndex, found.Score, new PixelBox(found.Box.X0, found.Box.Y0, found.Box.X1, found.Box.Y1));
}
