namespace ML.Yolo.Evaluation;

/// <summary>A range of areas, square pixels, both ends included.</summary>
internal readonly record struct CocoAreaRange(double From, double To)
{
    private const double MaxArea = 1e10;

    /// <summary>COCO's ranges: all, small, medium and large. An object of exactly 32² or 96² square pixels lies in two.</summary>
    public static readonly CocoAreaRange[] All = [new(0, MaxArea), new(0, 32 * 32), new(32 * 32, 96 * 96), new(96 * 96, MaxArea)];

    public bool Contains(double area) => area >= From && area <= To;
}
