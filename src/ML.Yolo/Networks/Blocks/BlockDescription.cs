using ML.Yolo.Networks;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

/// <summary>A layer that turns maps into a map. It knows its own output, the weights it may have at most, and its module.</summary>
internal abstract record BlockDescription : LayerDescription
{
    private protected BlockDescription(IReadOnlyList<int> from)
        : base(from)
    {
    }

    /// <summary>What the layer puts out.</summary>
    /// <param name="inputs">What goes in, in the order of <see cref="LayerDescription.From"/>.</param>
    /// <param name="scale">Scale of the network.</param>
    internal abstract LayerShape Output(IReadOnlyList<LayerShape> inputs, NetworkScale scale);

    /// <summary>At least as many weights as the layer has.</summary>
    /// <inheritdoc cref="Output"/>
    internal virtual long MaxWeights(IReadOnlyList<LayerShape> inputs, NetworkScale scale) => 0;

    /// <summary>Makes the layer's module, with initial weights.</summary>
    /// <inheritdoc cref="Output"/>
    internal abstract Module Build(IReadOnlyList<LayerShape> inputs, NetworkScale scale);

    /// <summary>Why the inputs do not go together, as the end of a sentence; null where they do.</summary>
    /// <inheritdoc cref="Output"/>
    internal virtual string? Misfit(IReadOnlyList<LayerShape> inputs, NetworkScale scale) => null;

    /// <summary>The layer in a table of the network.</summary>
    internal virtual string Label(NetworkScale scale) => Block;

    /// <summary>Calls the visitor's method for this kind of block.</summary>
    internal abstract T Accept<T>(IBlockVisitor<T> visitor);

    /// <summary>Pixels a kernel visits along one axis; 0 where it is larger than the padded map.</summary>
    private protected static int Slide(int size, int padding, int kernel, int stride)
        => size + (2 * padding) < kernel ? 0 : ((size + (2 * padding) - kernel) / stride) + 1;

    private protected static string Times(string block, int repeats) => repeats > 1 ? $"{block} × {repeats}" : block;

    /// <summary>Output and input channels, whichever are more.</summary>
    private protected static long Widest(IReadOnlyList<LayerShape> inputs, int outputChannels) => Math.Max(inputs[0].Channels, outputChannels);
}
