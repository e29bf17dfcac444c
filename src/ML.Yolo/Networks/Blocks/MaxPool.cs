using System.Text.Json.Serialization;
using ML.Yolo.Networks;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

[JsonDerivedType(typeof(MaxPoolDescription), "MaxPool")]
public abstract partial record LayerDescription
{
    /// <summary>Max pool without padding.</summary>
    /// <param name="kernel">Side of the pool.</param>
    /// <param name="stride">Pixels from one output to the next.</param>
    public static LayerDescription MaxPool(int kernel, int stride) => new MaxPoolDescription(kernel, stride, Previous);
}

/// <summary>PyTorch's max pool.</summary>
internal sealed record MaxPoolDescription(int Kernel, int Stride, IReadOnlyList<int> From) : BlockDescription(From)
{
    internal override string Block => "MaxPool";

    internal override (string, int, int, int)[] Sizes => [(nameof(Kernel), Kernel, 1, MaxKernel), (nameof(Stride), Stride, 1, MaxKernel)];

    internal override LayerShape Output(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => inputs[0] with { Height = Slide(inputs[0].Height, 0, Kernel, Stride), Width = Slide(inputs[0].Width, 0, Kernel, Stride) };

    internal override Module Build(IReadOnlyList<LayerShape> inputs, NetworkScale scale) => MaxPool2d(Kernel, Stride);

    internal override string Label(NetworkScale scale) => $"{Block} {Kernel}×{Kernel} /{Stride}";

    internal override T Accept<T>(IBlockVisitor<T> visitor) => visitor.Visit(this);
}
