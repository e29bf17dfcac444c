using ML.Yolo.Samples;

namespace ML.Yolo.Training.Augmentation;

/// <summary>Lays an image and random others around a random point of a canvas of twice the side (Bochkovskiy et al. 2020, section 3.3).</summary>
internal static class Mosaic
{
    /// <summary>Four images, a corner of each at a point in the middle half of the canvas.</summary>
    public static Scene OfFour(TrainingSet set, int first, int size, Random random)
    {
        var (x, y) = (Between(random, size / 2f, 1.5f * size), Between(random, size / 2f, 1.5f * size));
        return Lay(set, first, tileCount: 4, size, random, (tile, width, height, _) => (x - (tile % 2 == 0 ? width : 0), y - (tile < 2 ? height : 0)));
    }

    /// <summary>Nine images, one in the middle and eight around it, seen through a window of the canvas's size.</summary>
    public static Scene OfNine(TrainingSet set, int first, int size, Random random)
    {
        var (x, y) = (Between(random, 0, size), Between(random, 0, size));
        var (middleWidth, middleHeight) = (0f, 0f);
        return Lay(set, first, tileCount: 9, size, random, (tile, width, height, previous) =>
        {
            if (tile == 0)
                (middleWidth, middleHeight) = (width, height);
            var (left, top) = tile switch
            {
                0 => (0f, 0f),
                1 => (0, -height),
                2 => (previous.Width, -height),
                3 => (middleWidth, 0),
                4 => (middleWidth, previous.Height),
                5 => (middleWidth - width, middleHeight),
                6 => (middleWidth - previous.Width - width, middleHeight),
                7 => (-width, middleHeight - height),
                _ => (-width, middleHeight - previous.Height - height),
            };
            return (left + size - x, top + size - y);
        });
    }

    /// <summary>One image and random others, each where <paramref name="corner"/> says, which is told the size of the one before it.</summary>
    private static Scene Lay(
        TrainingSet set, int first, int tileCount, int size, Random random, Func<int, float, float, (float Width, float Height), (float, float)> corner)
    {
        var (side, tiles, boxes) = (2 * size, new List<SceneTile>(tileCount), new List<SceneBox>());
        var previous = (Width: 0f, Height: 0f);
        for (var tile = 0; tile < tileCount; tile++)
        {
            var sample = tile == 0 ? first : random.Next(set.Samples.Count);
            var (image, _) = set.Image(set.Samples[sample]);
            var (left, top) = corner(tile, image.Width, image.Height, previous);
            var (placed, objects) = Scene.Place(set, sample, image, left, top);
            tiles.Add(placed);
            boxes.AddRange(objects.Select(item => item with { Box = item.Box.Clip(side, side) }).Where(item => item.Box.SingleArea > 0));
            previous = (image.Width, image.Height);
        }

        return new Scene(side, side, tiles, boxes);
    }

    private static float Between(Random random, float low, float high) => low + ((high - low) * random.NextSingle());
}
