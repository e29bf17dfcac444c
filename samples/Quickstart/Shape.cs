using SkiaSharp;

namespace Quickstart;

/// <summary>One turned shape in a scene and the box around it.</summary>
internal sealed class Shape : IDisposable
{
    private const float MinShare = 0.18f;
    private const float MaxShare = 0.45f;

    private readonly SKPath _path;

    private Shape(int kind, SKPath path, int sceneSize)
    {
        (Kind, _path) = (kind, path);
        Box = SKRect.Intersect(path.TightBounds, SKRect.Create(sceneSize, sceneSize));
    }

    /// <summary>Names of the kinds.</summary>
    public static IReadOnlyList<string> Names { get; } = ["circle", "square", "triangle", "star", "cross"];

    /// <summary>Index in <see cref="Names"/>.</summary>
    public int Kind { get; }

    /// <summary>Bounds of the visible part, pixels.</summary>
    public SKRect Box { get; }

    /// <summary>A shape of any kind, size, place and turn, its centre well inside the scene.</summary>
    public static Shape Random(int sceneSize, Random random)
    {
        var kind = random.Next(Names.Count);
        var path = Outline(kind);
        var scale = sceneSize * Between(random, MinShare, MaxShare) / 2;
        var stretch = Between(random, 0.8f, 1.25f);
        path.Transform(SKMatrix.CreateScale(scale * stretch, scale / stretch));
        path.Transform(SKMatrix.CreateRotation(Between(random, 0, 2 * MathF.PI)));
        path.Transform(SKMatrix.CreateTranslation(Between(random, 0.1f, 0.9f) * sceneSize, Between(random, 0.1f, 0.9f) * sceneSize));
        return new Shape(kind, path, sceneSize);
    }

    /// <summary>Share of this shape's box that <paramref name="later"/>, drawn over it, would hide; or of the later one's, if that is more.</summary>
    public float HiddenShare(Shape later)
    {
        var overlap = SKRect.Intersect(Box, later.Box);
        return overlap.IsEmpty ? 0 : overlap.Width * overlap.Height / Math.Min(Box.Width * Box.Height, later.Box.Width * later.Box.Height);
    }

    /// <summary>Fills the shape, and gives some a second colour at the edge.</summary>
    public void Paint(SKCanvas canvas, SKColor colour, Random random)
    {
        using var fill = new SKPaint { IsAntialias = true, Color = colour };
        canvas.DrawPath(_path, fill);
        if (random.Next(2) == 0)
            return;
        using var edge = new SKPaint { IsAntialias = true, IsStroke = true, StrokeWidth = Between(random, 1, 3), Color = Palette.Any(random) };
        canvas.Save();
        canvas.ClipPath(_path, antialias: true);
        canvas.DrawPath(_path, edge);
        canvas.Restore();
    }

    /// <inheritdoc/>
    public void Dispose() => _path.Dispose();

    internal static float Between(Random random, float low, float high) => low + ((high - low) * random.NextSingle());

    private static SKPath Outline(int kind)
    {
        var path = new SKPath();
        switch (Names[kind])
        {
            case "circle":
                path.AddCircle(0, 0, 0.9f);
                break;
            case "square":
                path.AddRect(new SKRect(-0.75f, -0.75f, 0.75f, 0.75f));
                break;
            case "triangle":
                path.AddPoly(Corners(3, _ => 1));
                break;
            case "star":
                path.AddPoly(Corners(10, corner => corner % 2 == 0 ? 1 : 0.42f));
                break;
            default:
                path.AddPoly([new(-0.3f, -0.95f), new(0.3f, -0.95f), new(0.3f, -0.3f), new(0.95f, -0.3f), new(0.95f, 0.3f), new(0.3f, 0.3f),
                    new(0.3f, 0.95f), new(-0.3f, 0.95f), new(-0.3f, 0.3f), new(-0.95f, 0.3f), new(-0.95f, -0.3f), new(-0.3f, -0.3f)]);
                break;
        }

        return path;
    }

    private static SKPoint[] Corners(int count, Func<int, float> radius)
    {
        return [.. Enumerable.Range(0, count).Select(corner => At(2 * MathF.PI * corner / count, radius(corner)))];

        static SKPoint At(float angle, float radius) => new(radius * MathF.Sin(angle), -radius * MathF.Cos(angle));
    }
}
