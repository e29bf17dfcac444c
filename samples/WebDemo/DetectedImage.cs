using ML.Yolo;

namespace WebDemo;

/// <summary>What was found in an image, in pixels of the image as it is shown: upright, as its EXIF orientation asks.</summary>
/// <param name="Name">Name of the part's file; absent where the image was the body.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Objects">Most confident first.</param>
internal sealed record DetectedImage(string? Name, int Width, int Height, IReadOnlyList<FoundObject> Objects)
{
    public static DetectedImage Of(UploadedImage image, ImageDetections found)
    {
        var upright = found.ToUpright();
        return new DetectedImage(image.Part?.Name, upright.Width, upright.Height, [.. upright.Select(FoundObject.Of)]);
    }
}
