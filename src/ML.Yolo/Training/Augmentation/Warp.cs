using SkiaSharp;

namespace ML.Yolo.Training.Augmentation;

/// <summary>A random projection of a scene onto the network's canvas: turned, sheared, scaled, shifted, mirrored, seen at an angle.</summary>
/// <param name="Matrix">From the scene to the canvas.</param>
/// <param name="Scale">How much larger things become.</param>
/// <param name="Size">Side of the canvas.</param>
/// <param name="IsExact">Whether nothing is cut off or shrunk, so that every object stays.</param>
internal readonly record struct Warp(SKMatrix Matrix, float Scale, int Size, bool IsExact)
{
    /// <summary>Objects whose sides are not longer than this, pixels of the canvas, are dropped.</summary>
    public const float MinSide = 2;

    // What an object must still have besides to be worth learning: a tenth of its area, a sane shape.
    private const float MinShare = 0.1f;
    private const float MaxAspect = 100;
    private const float Epsilon = 1e-16f;

    /// <summary>Draws one.</summary>
    public static Warp Draw(Scene scene, int size, AugmentationOptions options, Random random)
    {
        var (angle, scale) = (Around(random, options.Rotation), 1 + Around(random, options.ScaleGain));
        var (perspectiveX, perspectiveY) = (Around(random, options.Perspective), Around(random, options.Perspective));
        var (shearX, shearY) = (Tangent(Around(random, options.Shear)), Tangent(Around(random, options.Shear)));
        var (x, y) = ((0.5f + Around(random, options.Translation)) * size, (0.5f + Around(random, options.Translation)) * size);
        var mirrorX = random.NextSingle() < options.HorizontalFlipProbability;
        var mirrorY = random.NextSingle() < options.VerticalFlipProbability;

        var matrix = SKMatrix.CreateTranslation(-scene.Width / 2f, -scene.Height / 2f)
            .PostConcat(new SKMatrix(1, 0, 0, 0, 1, 0, perspectiveX, perspectiveY, 1))
            .PostConcat(SKMatrix.CreateRotationDegrees(-angle))
            .PostConcat(SKMatrix.CreateScale(scale, scale))
            .PostConcat(SKMatrix.CreateSkew(shearX, shearY))
            .PostConcat(SKMatrix.CreateTranslation(x, y))
            .PostConcat(new SKMatrix(mirrorX ? -1 : 1, 0, mirrorX ? size : 0, 0, mirrorY ? -1 : 1, mirrorY ? size : 0, 0, 0, 1));
        return new Warp(matrix, scale, size, options.IsStill && scene.Width == size && scene.Height == size);
    }

    /// <summary>Where objects come to lie, cut to the canvas. Those that are hardly there any more are left out.</summary>
    public List<SceneBox> Apply(IReadOnlyList<SceneBox> boxes)
    {
        var kept = new List<SceneBox>(boxes.Count);
        foreach (var item in boxes)
        {
            var moved = Bounds(item.Box).Clip(Size, Size);
            if (IsExact || IsWorthLearning(item.Box, moved))
                kept.Add(item with { Box = moved });
        }

        return kept;
    }

    private static float Around(Random random, float gain) => gain * ((2 * random.NextSingle()) - 1);

    private static float Tangent(float degrees) => MathF.Tan(degrees * MathF.PI / 180);

    private Box Bounds(in Box box)
    {
        Span<SKPoint> corners =
        [
            Matrix.MapPoint(box.X0, box.Y0), Matrix.MapPoint(box.X1, box.Y0), Matrix.MapPoint(box.X1, box.Y1), Matrix.MapPoint(box.X0, box.Y1),
        ];
        var (low, high) = (corners[0], corners[0]);
        foreach (var corner in corners[1..])
        {
            low = new SKPoint(Math.Min(low.X, corner.X), Math.Min(low.Y, corner.Y));
            high = new SKPoint(Math.Max(high.X, corner.X), Math.Max(high.Y, corner.Y));
        }

        return new Box(low.X, low.Y, high.X, high.Y);
    }

    private bool IsWorthLearning(in Box before, in Box after)
        => after.Width > MinSide && after.Height > MinSide
            && after.SingleArea / ((before.SingleArea * Scale * Scale) + Epsilon) > MinShare
            && Math.Max(after.Width / after.Height, after.Height / after.Width) < MaxAspect;
}
