namespace ML.Yolo;

/// <summary>What an exported file takes in and puts out.</summary>
public sealed record OnnxOptions
{
    /// <summary>What comes out. Default <see cref="OnnxOutput.Decoded"/>.</summary>
    public OnnxOutput Output { get; init; } = OnnxOutput.Decoded;

    /// <summary>Numbers of the network. Default <see cref="OnnxPrecision.Full"/>.</summary>
    public OnnxPrecision Precision { get; init; } = OnnxPrecision.Full;

    /// <summary>Images per run; null leaves it open. At least 1; default 1.</summary>
    public int? BatchSize { get; init; } = 1;

    /// <summary>
    /// Height of the network's input in pixels, a multiple of the largest stride. Null, the default: the image size the detector was trained with.
    /// </summary>
    public int? ImageHeight { get; init; }

    /// <summary>
    /// Width of the network's input in pixels, a multiple of the largest stride. Null, the default: the image size the detector was trained with.
    /// </summary>
    public int? ImageWidth { get; init; }

    /// <summary>Leaves height and width open: any multiples of the largest stride. Default false.</summary>
    public bool DynamicImageSize { get; init; }

    /// <summary>
    /// Takes one image of any size as bytes, <c>image</c> (height, width, 3) RGB, and letterboxes it inside; boxes come out in pixels of that image.
    /// Default false: the input is <c>images</c> (B, 3, H, W), RGB in [0, 1], letterboxed by the caller. Needs a batch of one and a fixed image size, and is
    /// not for <see cref="OnnxOutput.Ultralytics"/>.
    /// </summary>
    public bool IncludePreprocessing { get; init; }

    /// <summary>For <see cref="OnnxOutput.Detections"/>: those below this confidence are dropped. In [0, 1]; null, the default: the detector's own.</summary>
    public float? ScoreThreshold { get; init; }

    /// <summary>
    /// For <see cref="OnnxOutput.Detections"/>: the overlap above which the less confident of a class is dropped. In [0, 1]; null, the default: the
    /// detector's own.
    /// </summary>
    public float? IouThreshold { get; init; }

    /// <summary>For <see cref="OnnxOutput.Detections"/>: rows per image. At least 1; null, the default: the detector's own.</summary>
    public int? MaxDetections { get; init; }

    /// <summary>Checks every value and throws <see cref="ArgumentException"/> naming the first that does not hold.</summary>
    internal void Check(int maxStride)
    {
        Require(BatchSize is null or >= 1, nameof(BatchSize), BatchSize, "at least 1, or null");
        Require(IsWhole(ImageHeight, maxStride), nameof(ImageHeight), ImageHeight, $"a multiple of {maxStride}");
        Require(IsWhole(ImageWidth, maxStride), nameof(ImageWidth), ImageWidth, $"a multiple of {maxStride}");
        Require(ScoreThreshold is null or (>= 0 and <= 1), nameof(ScoreThreshold), ScoreThreshold, "in [0, 1]");
        Require(IouThreshold is null or (>= 0 and <= 1), nameof(IouThreshold), IouThreshold, "in [0, 1]");
        Require(MaxDetections is null or >= 1, nameof(MaxDetections), MaxDetections, "at least 1");
        Require(!IncludePreprocessing || BatchSize == 1, nameof(BatchSize), BatchSize, "1 with IncludePreprocessing, since images differ in size");
        var fixesSize = (ImageHeight ?? ImageWidth) is not null;
        Exclude(DynamicImageSize && fixesSize, nameof(DynamicImageSize), "it leaves the size open, and ImageHeight or ImageWidth fixes it");
        var isForOthers = Output == OnnxOutput.Ultralytics;
        Exclude(IncludePreprocessing && isForOthers, nameof(IncludePreprocessing), "programs that read the layout of Ultralytics letterbox images themselves");
        Exclude(DynamicImageSize && IncludePreprocessing, nameof(DynamicImageSize), "it leaves the size open, and IncludePreprocessing fixes it");
    }

    private static bool IsWhole(int? size, int stride) => size is null || (size >= stride && size % stride == 0);

    private static void Require(bool holds, string option, object? found, string expected)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(option, FormattableString.Invariant($"{option} is {found ?? "null"}; it must be {expected}."));
    }

    private static void Exclude(bool contradicts, string option, string reason)
    {
        if (contradicts)
            throw new ArgumentException($"{option} cannot be set: {reason}.", option);
    }
}
