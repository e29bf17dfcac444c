using System.Text.Json.Serialization;
using ML.Yolo.Boxes;
using ML.Yolo.Networks;
using ML.Yolo.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

[JsonDerivedType(typeof(AnchorHeadDescription), "Detect")]
public abstract partial record LayerDescription
{
    /// <summary>The anchor head of YOLOv3 and YOLOv5, on each of the given layers. Always the last line.</summary>
    /// <param name="from">The layers, finest first.</param>
    public static LayerDescription Detect(params int[] from) => new AnchorHeadDescription(from);
}

/// <summary>An <see cref="AnchorHead"/>.</summary>
internal sealed record AnchorHeadDescription(IReadOnlyList<int> From) : HeadDescription(From)
{
    internal override bool HasAnchors => true;

    internal override IReadOnlyList<BoxCoding> Codings => [YoloV5BoxCoding.Instance, YoloV3BoxCoding.Instance];

    internal override DetectionHead Build(int[] inputChannels, HeadSettings settings) => new AnchorHead(inputChannels, settings);
}

/// <summary>
/// One 1 × 1 convolution per layer: (B, Cᵢ, H, W) to logits (B, A, H, W, 5 + C): x, y, w, h, objectness, classes. Holds the anchors, in cells, as a buffer.
/// </summary>
internal sealed class AnchorHead : DetectionHead
{
    // What a new head expects: eight objects in an image of 640 pixels, and a class probability of 0.6 shared by the classes.
    private const double ExpectedObjects = 8;
    private const double ExpectedImageSize = 640;
    private const double ExpectedClassProbability = 0.6;

    [ComponentName(Name = "m")]
    private readonly ModuleList<Conv2d> _convolutions;

    [ComponentName(Name = "anchors")]
    private readonly Tensor _anchors;

    private readonly int _channels;

    public AnchorHead(int[] inputChannels, HeadSettings settings)
        : base(nameof(AnchorHead), settings)
    {
        using var scope = NewDisposeScope();
        _channels = AnchorChannels.Of(settings.ClassCount);
        var anchorCount = settings.Anchors!.AnchorsPerLayer;
        _convolutions = new ModuleList<Conv2d>([.. inputChannels.Select(channels => Conv2d(channels, anchorCount * _channels, 1))]);
        _anchors = settings.Anchors.InCells(settings.Strides).DetachFromDisposeScope();
        RegisterComponents();
        for (var i = 0; i < inputChannels.Length; i++)
            InitializeBias(_convolutions[i].bias!.view(anchorCount, -1), settings.Strides[i], settings.ClassCount);
    }

    public override Tensor Anchors => _anchors;

    public override MapDecoder CreateDecoder()
        => new AnchorDecoder((AnchorBoxCoding)Settings.Coding, AnchorSet.FromCells(_anchors, Settings.Strides), Settings.Strides, Settings.ClassCount);

    public override IEnumerable<Module> ModulesOf(int layer) => [_convolutions[layer]];

    public override string DescribeMap(int layer, int height, int width) => $"{_anchors.shape[1]} × {height} × {width} × {_channels}";

    public override int? ClassCountOf(Func<string, long[]?> shapes)
    {
        // Biases are anchors × channels.
        var anchorCount = _anchors.shape[1];
        if (shapes("m.0.bias") is not [var length] || length % anchorCount != 0)
            return null;
        var classCount = AnchorChannels.ClassCount(length / anchorCount);
        return classCount > 0 ? classCount : null;
    }

    public override bool IsOfClassCount(string name, ReadOnlySpan<long> found, ReadOnlySpan<long> wanted, int classCount)
        => name.StartsWith("m.", StringComparison.Ordinal) && found.Length == wanted.Length && found[1..].SequenceEqual(wanted[1..])
            && found[0] == _anchors.shape[1] * AnchorChannels.Of(classCount);

    public override bool HasClassRows(string name, ReadOnlySpan<long> found, ReadOnlySpan<long> wanted, int classCount)
        => IsOfClassCount(name, found, wanted, classCount);

    public override void CopyClassRows(Tensor found, Tensor wanted, int classCount, IReadOnlyList<(int Found, int Wanted)> pairs)
    {
        var anchorCount = _anchors.shape[1];
        var from = found.reshape(anchorCount, AnchorChannels.Of(classCount), -1);              // (A, 5 + C', …)
        var to = wanted.view(anchorCount, _channels, -1);                                     // (A, 5 + C, …)
        to.narrow(1, 0, AnchorChannels.FirstClass).copy_(from.narrow(1, 0, AnchorChannels.FirstClass));
        foreach (var (there, here) in pairs)
            to.select(1, AnchorChannels.FirstClass + here).copy_(from.select(1, AnchorChannels.FirstClass + there));
    }

    public override Tensor[] forward(Tensor[] inputs)
    {
        using var scope = NewDisposeScope();
        var outputs = new Tensor[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            var map = _convolutions[i].call(inputs[i]);                                       // (B, A·(5 + C), H, W)
            var shape = map.shape;
            var logits = map.view(shape[0], -1, _channels, shape[2], shape[3]);               // (B, A, 5 + C, H, W)
            outputs[i] = logits.permute(0, 1, 3, 4, 2).MoveToOuterDisposeScope();             // no copy: a cell's logits lie together already
        }

        return outputs;
    }

    /// <summary>Starts the head near the priors, so that the first steps are not spent unlearning objects everywhere (Lin et al. 2017, section 3.3).</summary>
    private static void InitializeBias(Tensor bias, int stride, int classCount)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var cells = Math.Pow(ExpectedImageSize / stride, 2);
        bias.select(1, AnchorChannels.Objectness).AddInPlace(Math.Log(ExpectedObjects / cells));
        bias.narrow(1, AnchorChannels.FirstClass, classCount).AddInPlace(Math.Log(ExpectedClassProbability / (classCount - 0.99999)));
    }
}
