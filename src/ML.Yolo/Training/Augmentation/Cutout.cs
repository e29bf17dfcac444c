using SkiaSharp;

namespace ML.Yolo.Training.Augmentation;

/// <summary>Paints patches of one colour over an image, a few large and many small ones.</summary>
internal static class Cutout
{
    private const float MaxHiddenShare = 0.6f;

    // Patches too small to hide an object take none away.
    private const float MinHidingShare = 0.03f;

    private static readonly (float Share, int Count)[] Patches = [(1 / 2f, 1), (1 / 4f, 2), (1 / 8f, 4), (1 / 16f, 8), (1 / 32f, 16)];

    /// <summary>Paints, and takes out the objects that are mostly hidden.</summary>
    public static void Apply(Canvas canvas, List<SceneBox> boxes, Random random)
    {
        foreach (var (share, count) in Patches)
        {
            for (var i = 0; i < count; i++)
            {
                var patch = Draw(canvas.Size, share, random);
                canvas.Fill(patch, new SKColor((byte)random.Next(64, 192), (byte)random.Next(64, 192), (byte)random.Next(64, 192)));
                if (share > MinHidingShare)
                    boxes.RemoveAll(item => item.Box.SingleShareWithin(patch) > MaxHiddenShare);
            }
        }
    }

    private static Box Draw(int size, float share, Random random)
    {
        var max = Math.Max((int)(size * share), 2);
        var (width, height) = (random.Next(1, max), random.Next(1, max));
        var (left, top) = (random.Next(size) - (width / 2), random.Next(size) - (height / 2));
        return new Box(left, top, left + width, top + height).Clip(size, size);
    }
}
