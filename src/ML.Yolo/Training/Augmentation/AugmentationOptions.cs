namespace ML.Yolo;

/// <summary>How training images are varied, so that the network never sees one twice. The defaults are the reference's for training from scratch.</summary>
/// <remarks>What is done to a sample depends on the seed, the epoch and its index alone: the number of worker threads changes nothing.</remarks>
public sealed class AugmentationOptions
{
    /// <summary>Chance that an image becomes part of a mosaic with random others. In [0, 1]; default 1.</summary>
    public float MosaicProbability { get; set; } = 1;

    /// <summary>Images per mosaic: 4 (default) or 9.</summary>
    public int MosaicTiles { get; set; } = 4;

    /// <summary>
    /// Epochs at the end that are trained without mosaic and mixup, on images as they are. At least 0. Null, the default: chosen by
    /// <see cref="YoloTrainer.Options.Recipe"/>; 0 of the reference.
    /// </summary>
    public int? CloseMosaicEpochs { get; set; }

    /// <summary>Chance that a mosaic is blended with another one (Zhang et al. 2018). In [0, 1]; default 0.</summary>
    public float MixUpProbability { get; set; }

    /// <summary>Chance that an object is copied, mirrored, to the other side of its image, where there is room. In [0, 1]; default 0.</summary>
    public float CopyPasteProbability { get; set; }

    /// <summary>
    /// Chance that patches of an image are painted over (DeVries and Taylor 2017); objects that vanish are no longer asked for. In [0, 1]; default 0.
    /// </summary>
    public float CutoutProbability { get; set; }

    /// <summary>Largest turn either way, degrees. In [0, 180]; default 0.</summary>
    public float Rotation { get; set; }

    /// <summary>Largest shift either way, as a fraction of the image's side. In [0, 1]; default 0.1.</summary>
    public float Translation { get; set; } = 0.1f;

    /// <summary>Largest relative change of size either way. In [0, 1); default 0.5.</summary>
    public float ScaleGain { get; set; } = 0.5f;

    /// <summary>Largest shear either way along each axis, degrees. In [0, 90); default 0.</summary>
    public float Shear { get; set; }

    /// <summary>Largest perspective either way, a fraction per pixel. In [0, 0.001]; default 0.</summary>
    public float Perspective { get; set; }

    /// <summary>Chance that an image is mirrored left to right. In [0, 1]; default 0.5.</summary>
    public float HorizontalFlipProbability { get; set; } = 0.5f;

    /// <summary>Chance that an image is mirrored top to bottom. In [0, 1]; default 0.</summary>
    public float VerticalFlipProbability { get; set; }

    /// <summary>Largest relative change of hue. In [0, 1]; default 0.015.</summary>
    public float HueGain { get; set; } = 0.015f;

    /// <summary>Largest relative change of saturation. In [0, 1]; default 0.7.</summary>
    public float SaturationGain { get; set; } = 0.7f;

    /// <summary>Largest relative change of value (brightness). In [0, 1]; default 0.4.</summary>
    public float ValueGain { get; set; } = 0.4f;

    /// <summary>
    /// Largest relative change of the size of whole batches either way: with 0.5 a batch is trained at half to one and a half times the image size. In [0, 1);
    /// default 0.
    /// </summary>
    public float MultiScale { get; set; }

    /// <summary>The defaults: for networks that start from nothing.</summary>
    public static AugmentationOptions Scratch => new();

    /// <summary>Gentler on colours and place, as the reference tuned it for weights that have seen COCO.</summary>
    public static AugmentationOptions FineTune => new()
    {
        MosaicProbability = 0.86f,
        MixUpProbability = 0.04f,
        Translation = 0.046f,
        ScaleGain = 0.75f,
        HueGain = 0.01f,
        SaturationGain = 0.55f,
        ValueGain = 0.28f,
    };

    /// <summary>Images as they are.</summary>
    public static AugmentationOptions None => new()
    {
        MosaicProbability = 0,
        Translation = 0,
        ScaleGain = 0,
        HorizontalFlipProbability = 0,
        HueGain = 0,
        SaturationGain = 0,
        ValueGain = 0,
    };

    /// <summary>Whether images stay where they are, apart from mosaics.</summary>
    internal bool IsStill => Rotation == 0 && Translation == 0 && ScaleGain == 0 && Shear == 0 && Perspective == 0;

    /// <summary>Whether the network learns what the gray around an image looks like on any side. One that never saw it takes it for objects.</summary>
    internal bool ShowsBorders => MosaicProbability > 0 || !IsStill;

    /// <summary>Checks every value and throws <see cref="ArgumentOutOfRangeException"/> naming the first that is out of range.</summary>
    internal void Check()
    {
        (string Name, float Value, float High)[] ranges =
        [
            (nameof(MosaicProbability), MosaicProbability, 1), (nameof(MixUpProbability), MixUpProbability, 1),
            (nameof(CopyPasteProbability), CopyPasteProbability, 1), (nameof(CutoutProbability), CutoutProbability, 1),
            (nameof(Rotation), Rotation, 180), (nameof(Translation), Translation, 1), (nameof(ScaleGain), ScaleGain, 0.99f),
            (nameof(Shear), Shear, 89), (nameof(Perspective), Perspective, 0.001f),
            (nameof(HorizontalFlipProbability), HorizontalFlipProbability, 1), (nameof(VerticalFlipProbability), VerticalFlipProbability, 1),
            (nameof(HueGain), HueGain, 1), (nameof(SaturationGain), SaturationGain, 1), (nameof(ValueGain), ValueGain, 1),
            (nameof(MultiScale), MultiScale, 0.99f),
        ];
        foreach (var (name, value, high) in ranges)
        {
            if (!(value >= 0 && value <= high))
                throw new ArgumentOutOfRangeException(name, FormattableString.Invariant($"{name} is {value}; it must lie in [0, {high}]."));
        }

        if (MosaicTiles is not (4 or 9))
            throw OutOfRange(nameof(MosaicTiles), MosaicTiles, "4 or 9");
        if (CloseMosaicEpochs is { } closed && closed < 0)
            throw OutOfRange(nameof(CloseMosaicEpochs), closed, "at least 0");
    }

    /// <summary>A copy that later changes to this object do not touch.</summary>
    internal AugmentationOptions Copy() => (AugmentationOptions)MemberwiseClone();

    private static ArgumentOutOfRangeException OutOfRange(string option, int found, string expected)
        => new(option, FormattableString.Invariant($"{option} is {found}; it must be {expected}."));
}
