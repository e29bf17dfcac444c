namespace ML.Yolo.Networks;

/// <summary>One line of an architecture's description: a kind of block, where its input comes from, and its size before scaling.</summary>
/// <param name="From">Indices of the layers whose output goes in; −1 is the layer before.</param>
internal abstract record LayerDescription(params int[] From)
{
    private static readonly int[] Previous = [-1];

    /// <summary>Convolution, batch norm, SiLU.</summary>
    public static LayerDescription Conv(int channels, int kernel, int stride = 1, int? padding = null)
        => new ConvDescription(channels, kernel, stride, padding ?? kernel / 2);

    /// <summary>Cross-stage partial block with three convolutions around a row of bottlenecks.</summary>
    public static LayerDescription C3(int channels, int repeats, bool shortcut = true) => new C3Description(channels, repeats, shortcut);

    /// <summary>Spatial pyramid pooling, the fast form: one max pool three times over.</summary>
    public static LayerDescription Sppf(int channels, int kernel = 5) => new SppfDescription(channels, kernel);

    /// <summary>Nearest-neighbour enlargement by two.</summary>
    public static LayerDescription Upsample() => new UpsampleDescription();

    /// <summary>Concatenation of the layer before with others, along the channels.</summary>
    public static LayerDescription ConcatWith(int layer) => new ConcatDescription(layer);

    /// <summary>The heads, one on each of the given layers, finest first.</summary>
    public static LayerDescription Detect(params int[] from) => new DetectDescription(from);

    internal sealed record ConvDescription(int Channels, int Kernel, int Stride, int Padding) : LayerDescription(Previous);

    internal sealed record C3Description(int Channels, int Repeats, bool Shortcut) : LayerDescription(Previous);

    internal sealed record SppfDescription(int Channels, int Kernel) : LayerDescription(Previous);

    internal sealed record UpsampleDescription() : LayerDescription(Previous);

    internal sealed record ConcatDescription(int Layer) : LayerDescription(-1, Layer);

    internal sealed record DetectDescription(int[] Layers) : LayerDescription(Layers);
}
