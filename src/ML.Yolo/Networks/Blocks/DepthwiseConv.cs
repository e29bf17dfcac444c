using System.Numerics;
using System.Text.Json.Serialization;
using ML.Yolo.Networks;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

[JsonDerivedType(typeof(DepthwiseConvDescription), "DWConv")]
public abstract partial record LayerDescription
{
    /// <summary>Depthwise convolution without bias, batch norm, SiLU: as many groups as the channels in and out have as greatest common divisor.</summary>
    /// <param name="channels">Channels out, before scaling.</param>
    /// <param name="kernel">Side of the kernel, pixels.</param>
    /// <param name="stride">Pixels from one output to the next.</param>
    public static LayerDescription DepthwiseConv(int channels, int kernel, int stride = 1) => new DepthwiseConvDescription(channels, kernel, stride, Previous);
}

/// <summary>A <see cref="ConvBlock"/> in as many groups as its channels allow.</summary>
internal sealed record DepthwiseConvDescription(int Channels, int Kernel, int Stride, IReadOnlyList<int> From) : BlockDescription(From)
{
    internal override string Block => "DWConv";

    internal override (string, int, int, int)[] Sizes
        => [(nameof(Channels), Channels, 1, MaxChannels), (nameof(Kernel), Kernel, 1, MaxKernel), (nameof(Stride), Stride, 1, MaxKernel)];

    /// <summary>Groups of a depthwise convolution.</summary>
    public static int Groups(int inputChannels, int outputChannels) => (int)BigInteger.GreatestCommonDivisor(inputChannels, outputChannels);

    internal override LayerShape Output(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => new(scale.Channels(Channels), Slide(inputs[0].Height, Kernel / 2, Kernel, Stride), Slide(inputs[0].Width, Kernel / 2, Kernel, Stride));

    internal override long MaxWeights(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => (long)inputs[0].Channels / Groups(inputs[0].Channels, scale.Channels(Channels)) * scale.Channels(Channels) * Kernel * Kernel;

    internal override Module Build(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => new ConvBlock(inputs[0].Channels, scale.Channels(Channels), Kernel, Stride, groups: Groups(inputs[0].Channels, scale.Channels(Channels)));

    internal override string Label(NetworkScale scale) => $"{Block} {Kernel}×{Kernel}{(Stride > 1 ? $" /{Stride}" : "")}";

    internal override T Accept<T>(IBlockVisitor<T> visitor) => visitor.Visit(this);
}
