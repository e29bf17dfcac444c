using TorchSharp;
using static TorchSharp.torch;

namespace ML.Yolo.Tensors;

/// <summary>Tensors and numbers: what TorchSharp's operators do, with numbers that live until LibTorch has read them.</summary>
/// <remarks>
/// <c>tensor + 1f</c> makes a <see cref="Scalar"/> that nothing holds while LibTorch reads it: a collection just then frees it, and LibTorch meets "Unknown
/// scalar type", an assertion of its own, or another number (dotnet/TorchSharp, pull requests 1434 and 1496). Adding two tensors does the same, with a factor
/// of one. A test finds every such call in the library's code.
/// </remarks>
internal static class Arithmetic
{
    // Never changed and never freed: any thread may read them.
    private static readonly Scalar Zero = 0;
    private static readonly Scalar One = 1;
    private static readonly Scalar Two = 2;

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, double b)
    {
        using Scalar number = b;
        return a.add(number, One);
    }

    /// <summary>a + b, whole where a is.</summary>
    public static Tensor Plus(this Tensor a, long b)
    {
        using Scalar number = b;
        return a.add(number, One);
    }

    /// <summary>Adds b to a, in place.</summary>
    public static Tensor AddInPlace(this Tensor a, Tensor b) => a.add_(b, One);

    /// <summary>Adds b to a, in place.</summary>
    public static Tensor AddInPlace(this Tensor a, double b)
    {
        using Scalar number = b;
        return a.add_(number, One);
    }

    /// <summary>a − b.</summary>
    public static Tensor Minus(this Tensor a, double b)
    {
        using Scalar number = b;
        return a.sub(number);
    }

    /// <summary>a − b, whole where a is.</summary>
    public static Tensor Minus(this Tensor a, long b)
    {
        using Scalar number = b;
        return a.sub(number);
    }

    /// <summary>1 − a.</summary>
    public static Tensor Complement(this Tensor a) => a.neg().add(One, One);

    /// <summary>a · b.</summary>
    public static Tensor Times(this Tensor a, double b)
    {
        using Scalar number = b;
        return a.mul(number);
    }

    /// <summary>a · b, whole where a is.</summary>
    public static Tensor Times(this Tensor a, long b)
    {
        using Scalar number = b;
        return a.mul(number);
    }

    /// <summary>Multiplies a by b, in place.</summary>
    public static Tensor MultiplyInPlace(this Tensor a, double b)
    {
        using Scalar number = b;
        return a.mul_(number);
    }

    /// <summary>a / b.</summary>
    public static Tensor Over(this Tensor a, double b)
    {
        using Scalar number = b;
        return a.div(number);
    }

    /// <summary>Divides a by b, in place.</summary>
    public static Tensor DivideInPlace(this Tensor a, double b)
    {
        using Scalar number = b;
        return a.div_(number);
    }

    /// <summary>a².</summary>
    public static Tensor Squared(this Tensor a) => a.pow(Two);

    /// <summary>a to the power b.</summary>
    public static Tensor Power(this Tensor a, double b)
    {
        using Scalar number = b;
        return a.pow(number);
    }

    /// <summary>What is left of a after whole multiples of b.</summary>
    public static Tensor Remainder(this Tensor a, long b)
    {
        using Scalar number = b;
        return a.remainder(number);
    }

    /// <summary>The whole multiples of b in a.</summary>
    public static Tensor FloorOver(this Tensor a, long b)
    {
        using Scalar number = b;
        return a.floor_divide(number);
    }

    /// <summary>The larger of a and b.</summary>
    public static Tensor AtLeast(this Tensor a, double b)
    {
        using Scalar number = b;
        return a.clamp_min(number);
    }

    /// <summary>The larger of a and b, whole where a is.</summary>
    public static Tensor AtLeast(this Tensor a, long b)
    {
        using Scalar number = b;
        return a.clamp_min(number);
    }

    /// <summary>The smaller of a and b.</summary>
    public static Tensor AtMost(this Tensor a, double b)
    {
        using Scalar number = b;
        return a.clamp_max(number);
    }

    /// <summary>The smaller of a and b, whole where a is.</summary>
    public static Tensor AtMost(this Tensor a, long b)
    {
        using Scalar number = b;
        return a.clamp_max(number);
    }

    /// <summary>Whether a &gt; b.</summary>
    public static Tensor IsAbove(this Tensor a, double b)
    {
        using Scalar number = b;
        return a.gt(number);
    }

    /// <summary>Whether a &gt; b, both whole where a is.</summary>
    public static Tensor IsAbove(this Tensor a, long b)
    {
        using Scalar number = b;
        return a.gt(number);
    }

    /// <summary>Whether a &lt; b.</summary>
    public static Tensor IsBelow(this Tensor a, double b)
    {
        using Scalar number = b;
        return a.lt(number);
    }

    /// <summary>Whether a &lt; b, both whole where a is.</summary>
    public static Tensor IsBelow(this Tensor a, long b)
    {
        using Scalar number = b;
        return a.lt(number);
    }

    /// <summary>Whether a ≥ b.</summary>
    public static Tensor IsAtLeast(this Tensor a, double b)
    {
        using Scalar number = b;
        return a.ge(number);
    }

    /// <summary>Whether a ≥ b, both whole where a is.</summary>
    public static Tensor IsAtLeast(this Tensor a, long b)
    {
        using Scalar number = b;
        return a.ge(number);
    }

    /// <summary>Whether a is not 0.</summary>
    public static Tensor IsNotZero(this Tensor a) => a.ne(Zero);

    /// <summary>Writes b everywhere.</summary>
    public static Tensor FillInPlace(this Tensor a, double b)
    {
        using Scalar number = b;
        return a.fill_(number);
    }

    /// <summary>A tensor of one number.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="value">The number.</param>
    /// <param name="type">Its type.</param>
    /// <param name="device">Where it is.</param>
    public static Tensor Filled(ReadOnlySpan<long> shape, long value, ScalarType type, Device device)
    {
        using Scalar number = value;
        return full(shape, number, type, device);
    }

    /// <summary>(N): 0, 1, … N − 1.</summary>
    /// <param name="count">N.</param>
    /// <param name="type">Their type.</param>
    /// <param name="device">Where they are.</param>
    public static Tensor Range(long count, ScalarType type, Device device)
    {
        using Scalar end = count;
        return arange(Zero, end, One, type, device);
    }
}
