using ML.Yolo.Imaging;
using ML.Yolo.Samples;

namespace ML.Yolo.Training.Augmentation;

/// <summary>Images laid out on a canvas, and what is on them; not painted yet. Later tiles cover earlier ones.</summary>
internal sealed record Scene(int Width, int Height, IReadOnlyList<SceneTile> Tiles, IReadOnlyList<SceneBox> Boxes)
{
    /// <summary>One image, letterboxed.</summary>
    public static Scene Single(TrainingSet set, int sample)
    {
        var (image, letterbox) = set.Image(set.Samples[sample]);
        var (tile, boxes) = Place(set, sample, image, letterbox.Left, letterbox.Top);
        return new Scene(letterbox.CanvasWidth, letterbox.CanvasHeight, [tile], [.. boxes]);
    }

    /// <summary>A sample's image with its top left corner at a point of a canvas, and its objects there.</summary>
    public static (SceneTile Tile, IEnumerable<SceneBox> Boxes) Place(TrainingSet set, int sample, ResizedImage image, float left, float top)
    {
        var letterbox = set.Samples[sample].Letterbox;
        return (new SceneTile(image, left, top), Objects(set.Samples[sample], left - letterbox.Left, top - letterbox.Top));
    }

    private static IEnumerable<SceneBox> Objects(TrainingSample sample, float shiftX, float shiftY)
    {
        for (var i = 0; i < sample.Classes.Length; i++)
            yield return new SceneBox(sample.Classes[i], sample.Letterbox.ToCanvas(sample.Boxes[i]).Shift(shiftX, shiftY));
    }
}
