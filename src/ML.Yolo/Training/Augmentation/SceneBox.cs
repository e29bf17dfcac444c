namespace ML.Yolo.Training.Augmentation;

/// <summary>An object on a canvas: its class, and its box in pixels of the canvas.</summary>
internal readonly record struct SceneBox(int Class, float X0, float Y0, float X1, float Y1)
{
    public float Width => X1 - X0;

    public float Height => Y1 - Y0;

    public float Area => Width * Height;

    /// <summary>The part within a canvas.</summary>
    public SceneBox Clip(float width, float height)
        => this with { X0 = Math.Clamp(X0, 0, width), Y0 = Math.Clamp(Y0, 0, height), X1 = Math.Clamp(X1, 0, width), Y1 = Math.Clamp(Y1, 0, height) };

    /// <summary>The same object elsewhere.</summary>
    public SceneBox Shift(float x, float y) => new(Class, X0 + x, Y0 + y, X1 + x, Y1 + y);

    /// <summary>Share of this box that another one covers; 0 where this one has no area.</summary>
    public float CoveredBy(in SceneBox other)
    {
        var overlap = Math.Max(Math.Min(X1, other.X1) - Math.Max(X0, other.X0), 0) * Math.Max(Math.Min(Y1, other.Y1) - Math.Max(Y0, other.Y0), 0);
        return Area > 0 ? overlap / Area : 0;
    }
}
