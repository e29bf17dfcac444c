using static TorchSharp.torch;

namespace ML.Yolo.Tests;

/// <summary>Compares tensors as wholes, and says where and by how much they differ.</summary>
internal static class TensorAssert
{
    /// <summary>Same shape and the same values to the last bit.</summary>
    public static void Equal(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        if (!expected.eq(actual.to(expected.dtype)).all().item<bool>())
            Assert.Fail($"expected {expected.ToString(true)} but got {actual.ToString(true)}");
    }

    /// <summary>Same shape, and |expected − actual| at most <paramref name="relative"/> × |expected| + <paramref name="absolute"/>.</summary>
    public static void Close(Tensor expected, Tensor actual, double relative, double absolute)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        var (wanted, got) = (expected.detach().to(ScalarType.Float64), actual.detach().to(ScalarType.Float64));
        Assert.True(got.isfinite().all().item<bool>(), "the actual tensor holds numbers that are not finite");
        var excess = (wanted - got).abs() - ((wanted.abs() * relative) + absolute);
        if (excess.numel() == 0 || excess.max().item<double>() <= 0)
            return;
        var worst = excess.view(-1).argmax().item<long>();
        Assert.Fail($"element {worst} of ({string.Join(", ", wanted.shape)}): expected {wanted.view(-1)[worst].item<double>():R}, got {got.reshape(-1)[worst].item<double>():R}");
    }
}
