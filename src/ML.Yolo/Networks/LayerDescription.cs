using System.Text.Json.Serialization;

namespace ML.Yolo;

/// <summary>One line of an architecture's description: a kind of block, where its input comes from, and its size before scaling.</summary>
/// <remarks>
/// Layers count from 0. In <c>from</c> a layer is named by its number, or by how far back it lies: −1 is the layer before, −2 the one before that. Blocks, and the names their parameters are saved under, are those of
/// Ultralytics' models, so a description of theirs can be written down line by line.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "Block")]
[JsonDerivedType(typeof(ConvDescription), "Conv")]
[JsonDerivedType(typeof(BottleneckDescription), "Bottleneck")]
[JsonDerivedType(typeof(C3Description), "C3")]
[JsonDerivedType(typeof(SppDescription), "SPP")]
[JsonDerivedType(typeof(SppfDescription), "SPPF")]
[JsonDerivedType(typeof(MaxPoolDescription), "MaxPool")]
[JsonDerivedType(typeof(ZeroPadDescription), "ZeroPad")]
[JsonDerivedType(typeof(UpsampleDescription), "Upsample")]
[JsonDerivedType(typeof(ConcatDescription), "Concat")]
[JsonDerivedType(typeof(DetectDescription), "Detect")]
public abstract record LayerDescription
{
    private const int MostChannels = 1 << 14;
    private const int LargestKernel = 63;
    private const int MostRepeats = 256;

    private static readonly int[] Previous = [-1];

    private protected LayerDescription(IReadOnlyList<int> from) => From = from;

    /// <summary>The layers whose output goes in.</summary>
    public IReadOnlyList<int> From { get; }

    /// <summary>The block's name in Ultralytics' descriptions.</summary>
    internal abstract string Block { get; }

    /// <summary>Every size of the block, with its least and most.</summary>
    [JsonIgnore]
    internal abstract (string Name, int Value, int Least, int Most)[] Sizes { get; }

    /// <summary>Convolution without bias, batch norm, SiLU.</summary>
    /// <param name="channels">Channels out, before scaling.</param>
    /// <param name="kernel">Side of the kernel, pixels.</param>
    /// <param name="stride">Pixels from one output to the next.</param>
    /// <param name="padding">Zeros on each side; half the kernel where omitted.</param>
    /// <param name="from">The layer whose output goes in.</param>
    public static LayerDescription Conv(int channels, int kernel, int stride = 1, int? padding = null, int from = -1)
        => new ConvDescription(channels, kernel, stride, padding ?? kernel / 2, [from]);

    /// <summary>A 1 × 1 convolution to half the channels and a 3 × 3 one, added to the input where that has as many channels: a residual block.</summary>
    /// <param name="channels">Channels out, before scaling.</param>
    /// <param name="repeats">Blocks in a row, before scaling.</param>
    /// <param name="shortcut">Whether the input is added.</param>
    public static LayerDescription Bottleneck(int channels, int repeats = 1, bool shortcut = true) => new BottleneckDescription(channels, repeats, shortcut, Previous);

    /// <summary>Cross-stage partial block with three convolutions around a row of bottlenecks.</summary>
    /// <param name="channels">Channels out, before scaling.</param>
    /// <param name="repeats">Bottlenecks in a row, before scaling.</param>
    /// <param name="shortcut">Whether each bottleneck adds its input.</param>
    public static LayerDescription C3(int channels, int repeats, bool shortcut = true) => new C3Description(channels, repeats, shortcut, Previous);

    /// <summary>Spatial pyramid pooling: max pools of several sizes side by side.</summary>
    /// <param name="channels">Channels out, before scaling.</param>
    /// <param name="kernels">Sides of the pools, odd.</param>
    public static LayerDescription Spp(int channels, params int[] kernels) => new SppDescription(channels, kernels, Previous);

    /// <summary>Spatial pyramid pooling, the fast form: one max pool three times over.</summary>
    /// <param name="channels">Channels out, before scaling.</param>
    /// <param name="kernel">Side of the pool, odd.</param>
    public static LayerDescription Sppf(int channels, int kernel = 5) => new SppfDescription(channels, kernel, Previous);

    /// <summary>Max pool without padding.</summary>
    /// <param name="kernel">Side of the pool.</param>
    /// <param name="stride">Pixels from one output to the next.</param>
    public static LayerDescription MaxPool(int kernel, int stride) => new MaxPoolDescription(kernel, stride, Previous);

    /// <summary>Zeros around the map.</summary>
    /// <param name="left">Columns at the left.</param>
    /// <param name="right">Columns at the right.</param>
    /// <param name="top">Rows at the top.</param>
    /// <param name="bottom">Rows at the bottom.</param>
    public static LayerDescription ZeroPad(int left = 0, int right = 0, int top = 0, int bottom = 0) => new ZeroPadDescription(left, right, top, bottom, Previous);

    /// <summary>Nearest-neighbour enlargement by two.</summary>
    public static LayerDescription Upsample() => new UpsampleDescription(Previous);

    /// <summary>Concatenation of the layer before with another, along the channels.</summary>
    /// <param name="layer">The other layer.</param>
    public static LayerDescription ConcatWith(int layer) => new ConcatDescription([-1, layer]);

    /// <summary>The heads, one on each of the given layers. Always the last line.</summary>
    /// <param name="from">The layers, finest first.</param>
    public static LayerDescription Detect(params int[] from) => new DetectDescription(from);

    internal sealed record ConvDescription(int Channels, int Kernel, int Stride, int Padding, IReadOnlyList<int> From) : LayerDescription(From)
    {
        internal override string Block => "Conv";

        internal override (string, int, int, int)[] Sizes
            => [(nameof(Channels), Channels, 1, MostChannels), (nameof(Kernel), Kernel, 1, LargestKernel), (nameof(Stride), Stride, 1, LargestKernel), (nameof(Padding), Padding, 0, LargestKernel)];
    }

    internal sealed record BottleneckDescription(int Channels, int Repeats, bool Shortcut, IReadOnlyList<int> From) : LayerDescription(From)
    {
        internal override string Block => "Bottleneck";

        internal override (string, int, int, int)[] Sizes => [(nameof(Channels), Channels, 1, MostChannels), (nameof(Repeats), Repeats, 1, MostRepeats)];
    }

    internal sealed record C3Description(int Channels, int Repeats, bool Shortcut, IReadOnlyList<int> From) : LayerDescription(From)
    {
        internal override string Block => "C3";

        internal override (string, int, int, int)[] Sizes => [(nameof(Channels), Channels, 2, MostChannels), (nameof(Repeats), Repeats, 1, MostRepeats)];
    }

    internal sealed record SppDescription(int Channels, IReadOnlyList<int> Kernels, IReadOnlyList<int> From) : LayerDescription(From)
    {
        internal override string Block => "SPP";

        internal override (string, int, int, int)[] Sizes
            => [(nameof(Channels), Channels, 1, MostChannels), ("Kernels.Count", Kernels?.Count ?? 0, 1, 16), .. (Kernels ?? []).Select(kernel => (nameof(Kernels), kernel, 1, LargestKernel))];
    }

    internal sealed record SppfDescription(int Channels, int Kernel, IReadOnlyList<int> From) : LayerDescription(From)
    {
        internal override string Block => "SPPF";

        internal override (string, int, int, int)[] Sizes => [(nameof(Channels), Channels, 1, MostChannels), (nameof(Kernel), Kernel, 1, LargestKernel)];
    }

    internal sealed record MaxPoolDescription(int Kernel, int Stride, IReadOnlyList<int> From) : LayerDescription(From)
    {
        internal override string Block => "MaxPool";

        internal override (string, int, int, int)[] Sizes => [(nameof(Kernel), Kernel, 1, LargestKernel), (nameof(Stride), Stride, 1, LargestKernel)];
    }

    internal sealed record ZeroPadDescription(int Left, int Right, int Top, int Bottom, IReadOnlyList<int> From) : LayerDescription(From)
    {
        internal override string Block => "ZeroPad";

        internal override (string, int, int, int)[] Sizes
            => [(nameof(Left), Left, 0, LargestKernel), (nameof(Right), Right, 0, LargestKernel), (nameof(Top), Top, 0, LargestKernel), (nameof(Bottom), Bottom, 0, LargestKernel)];
    }

    internal sealed record UpsampleDescription(IReadOnlyList<int> From) : LayerDescription(From)
    {
        internal override string Block => "Upsample";

        internal override (string, int, int, int)[] Sizes => [];
    }

    internal sealed record ConcatDescription(IReadOnlyList<int> From) : LayerDescription(From)
    {
        internal override string Block => "Concat";

        internal override (string, int, int, int)[] Sizes => [];
    }

    internal sealed record DetectDescription(IReadOnlyList<int> From) : LayerDescription(From)
    {
        internal override string Block => "Detect";

        internal override (string, int, int, int)[] Sizes => [];
    }
}
