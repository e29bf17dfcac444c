using System.Text.Json.Serialization;
using ML.Yolo.Networks;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

[JsonDerivedType(typeof(ZeroPadDescription), "ZeroPad")]
public abstract partial record LayerDescription
{
    /// <summary>Zeros around the map.</summary>
    /// <param name="left">Columns at the left.</param>
    /// <param name="right">Columns at the right.</param>
    /// <param name="top">Rows at the top.</param>
    /// <param name="bottom">Rows at the bottom.</param>
    public static LayerDescription ZeroPad(int left = 0, int right = 0, int top = 0, int bottom = 0)
        => new ZeroPadDescription(left, right, top, bottom, Previous);
}

/// <summary>PyTorch's zero padding.</summary>
internal sealed record ZeroPadDescription(int Left, int Right, int Top, int Bottom, IReadOnlyList<int> From) : BlockDescription(From)
{
    internal override string Block => "ZeroPad";

    internal override (string, int, int, int)[] Sizes
        => [(nameof(Left), Left, 0, MaxKernel), (nameof(Right), Right, 0, MaxKernel), (nameof(Top), Top, 0, MaxKernel),
            (nameof(Bottom), Bottom, 0, MaxKernel)];

    internal override LayerShape Output(IReadOnlyList<LayerShape> inputs, NetworkScale scale)
        => inputs[0] with { Height = inputs[0].Height + Top + Bottom, Width = inputs[0].Width + Left + Right };

    internal override Module Build(IReadOnlyList<LayerShape> inputs, NetworkScale scale) => ZeroPad2d((Left, Right, Top, Bottom));

    internal override T Accept<T>(IBlockVisitor<T> visitor) => visitor.Visit(this);
}
