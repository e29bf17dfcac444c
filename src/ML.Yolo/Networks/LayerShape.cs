namespace ML.Yolo.Networks;

/// <summary>What a layer puts out for one image.</summary>
internal readonly record struct LayerShape(int Channels, int Height, int Width)
{
    public override string ToString() => $"{Channels} × {Height} × {Width}";
}
