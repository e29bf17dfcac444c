using ML.Yolo;
using static TorchSharp.torch;

namespace LossAnalysis;

/// <summary>The problem of the notebook this project began with: two images of 320 × 320 pixels, 20 classes, three layers, five objects.</summary>
internal static class NotebookInput
{
    public const int ImageSize = 320;
    public const int ClassCount = 20;
    public const int BatchSize = 2;

    public static IReadOnlyList<int> Strides { get; } = [8, 16, 32];

    /// <summary>The notebook's weights; thresholds as they come.</summary>
    public static YoloV5LossOptions V5Options() => new() { BoxWeight = 0.05f, ObjectnessWeight = 0.7f, ClassWeight = 0.3f };

    /// <inheritdoc cref="V5Options"/>
    public static YoloV3LossOptions V3Options() => new() { BoxWeight = 0.05f, ObjectnessWeight = 0.7f, ClassWeight = 0.3f, IouThreshold = 0.2f };

    /// <summary>(3, 3, 2): widths and heights in cells.</summary>
    public static Tensor Anchors() => tensor(new float[,,]
    {
        { { 1.25f, 1.625f }, { 2f, 3.75f }, { 4.125f, 2.875f } },
        { { 1.875f, 3.8125f }, { 3.875f, 2.8125f }, { 3.6875f, 7.4375f } },
        { { 3.625f, 2.8125f }, { 4.875f, 6.1875f }, { 11.65625f, 10.1875f } },
    });

    /// <summary>(5, 6): image, class, cx, cy, w, h in [0, 1].</summary>
    public static Tensor Targets() => tensor(new float[,]
    {
        { 0, 14, .49535f, .50528f, .15267f, .56956f },
        { 0, 0, .54872f, .92491f, .05361f, .03183f },
        { 0, 0, .36780f, .98716f, .06031f, .02567f },
        { 1, 6, .97072f, .04398f, .05856f, .08796f },
        { 1, 16, .70696f, .10348f, .32971f, .16793f },
    });

    /// <summary>The reference's weights.</summary>
    public static YoloV8LossOptions V8Options() => new();

    /// <summary>Per layer (2, 84, H, W) of a head without anchors, standard normal.</summary>
    public static Tensor[] PointPredictions(int seed = 0)
    {
        const int Sides = 4;
        const int Bins = 16;
        using var generator = new Generator((ulong)seed);
        return [.. Strides.Select(stride => randn([BatchSize, (Sides * Bins) + ClassCount, ImageSize / stride, ImageSize / stride], generator: generator))];
    }

    /// <summary>Per layer (2, 3, H, W, 25), standard normal: an untrained network, as it were.</summary>
    public static Tensor[] Predictions(int seed = 0)
    {
        using var generator = new Generator((ulong)seed);
        return [.. Strides.Select(stride => randn([BatchSize, 3, ImageSize / stride, ImageSize / stride, 5 + ClassCount], generator: generator))];
    }
}
