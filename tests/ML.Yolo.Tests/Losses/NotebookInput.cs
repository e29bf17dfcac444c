using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>The configuration of the notebook this project began with: 320 × 320 pixels, 20 classes, three layers, five targets in two images.</summary>
internal static class NotebookInput
{
    public static Tensor Anchors() => tensor(new float[,,]
    {
        { { 1.25f, 1.625f }, { 2f, 3.75f }, { 4.125f, 2.875f } },
        { { 1.875f, 3.8125f }, { 3.875f, 2.8125f }, { 3.6875f, 7.4375f } },
        { { 3.625f, 2.8125f }, { 4.875f, 6.1875f }, { 11.65625f, 10.1875f } },
    });

    public static Tensor Targets() => tensor(new float[,]
    {
        { 0, 14, .49535f, .50528f, .15267f, .56956f },
        { 0, 0, .54872f, .92491f, .05361f, .03183f },
        { 0, 0, .36780f, .98716f, .06031f, .02567f },
        { 1, 6, .97072f, .04398f, .05856f, .08796f },
        { 1, 16, .70696f, .10348f, .32971f, .16793f },
    });

    public static Tensor[] Predictions(int seed = 0)
    {
        using var generator = new Generator((ulong)seed);
        return [.. new long[] { 40, 20, 10 }.Select(size => randn([2, 3, size, size, 25], generator: generator))];
    }
}
