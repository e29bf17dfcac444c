using System.Text.Json.Serialization;
using ML.Yolo.Boxes;
using ML.Yolo.Networks;
using ML.Yolo.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

[JsonDerivedType(typeof(PointHeadDescription), "DetectPoints")]
public abstract partial record LayerDescription
{
    /// <summary>
    /// The head without anchors of YOLOv8 and YOLOv5u, on each of the given layers: 3 × 3 convolutions for the classes. Always the last line.
    /// </summary>
    /// <param name="from">The layers, finest first.</param>
    public static LayerDescription DetectPoints(params int[] from) => new PointHeadDescription(Depthwise: false, from);

    /// <summary>
    /// The head without anchors of YOLO11, on each of the given layers: depthwise and 1 × 1 convolutions for the classes. Always the last line.
    /// </summary>
    /// <param name="from">The layers, finest first.</param>
    public static LayerDescription DetectPointsDepthwise(params int[] from) => new PointHeadDescription(Depthwise: true, from);
}

/// <summary>A <see cref="PointHead"/>.</summary>
internal sealed record PointHeadDescription(bool Depthwise, IReadOnlyList<int> From) : HeadDescription(From)
{
    internal override bool HasAnchors => false;

    internal override IReadOnlyList<BoxCoding> Codings => [YoloV8BoxCoding.Instance];

    internal override DetectionHead Build(int[] inputChannels, HeadSettings settings) => new PointHead(inputChannels, settings, Depthwise);
}

/// <summary>
/// Two towers of convolutions per layer, one for the sides of the box and one for the classes: (B, Cᵢ, H, W) to logits (B, 4R + C, H, W): R bins for each
/// of left, top, right and bottom, then classes. Neither
/// anchors nor objectness.
/// </summary>
internal sealed class PointHead : DetectionHead
{
    // What a new head expects: sides near the point, and five objects in an image of 640 pixels, of all classes together.
    private const double InitialBoxBias = 1;
    private const double ExpectedObjects = 5;
    private const double ExpectedImageSize = 640;

    private const int MinBoxWidth = 16;
    private const int MaxClassWidth = 100;

    private const string BoxTowersName = "cv2";
    private const string ClassTowersName = "cv3";
    private const string BinsName = "dfl";

    [ComponentName(Name = BoxTowersName)]
    private readonly ModuleList<Sequential> _boxTowers;

    [ComponentName(Name = ClassTowersName)]
    private readonly ModuleList<Sequential> _classTowers;

    [ComponentName(Name = BinsName)]
    private readonly BinValues _bins;

    private readonly int _finestChannels;

    /// <param name="inputChannels">Channels of the features, by layer of predictions.</param>
    /// <param name="settings">What it predicts.</param>
    /// <param name="depthwise">Whether the class towers' 3 × 3 convolutions are depthwise.</param>
    public PointHead(int[] inputChannels, HeadSettings settings, bool depthwise)
        : base(nameof(PointHead), settings)
    {
        (_finestChannels, IsDepthwise) = (inputChannels[0], depthwise);
        var (boxWidth, classWidth) = (Math.Max(Math.Max(MinBoxWidth, _finestChannels / 4), PointChannels.FirstClass), ClassWidth(settings.ClassCount));
        _boxTowers = new ModuleList<Sequential>(Array.ConvertAll(inputChannels, channels => Tower(channels, boxWidth, PointChannels.FirstClass, Plain)));
        _classTowers = new ModuleList<Sequential>(
            Array.ConvertAll(inputChannels, channels => Tower(channels, classWidth, settings.ClassCount, depthwise ? Separable : Plain)));
        _bins = new BinValues();
        RegisterComponents();
        for (var i = 0; i < inputChannels.Length; i++)
            InitializeBiases(i);
    }

    /// <summary>Whether the class towers' 3 × 3 convolutions are depthwise, each followed by a 1 × 1 one.</summary>
    public bool IsDepthwise { get; }

    public override IEnumerable<Module> SharedModules => [_bins];

    public override MapDecoder CreateDecoder() => new PointDecoder(Settings.Strides, Settings.ClassCount);

    public override IEnumerable<Module> ModulesOf(int layer) => [_boxTowers[layer], _classTowers[layer]];

    public override string DescribeMap(int layer, int height, int width) => $"{PointChannels.Of(Settings.ClassCount)} × {height} × {width}";

    public override bool IsConstant(string name) => name.StartsWith($"{BinsName}.", StringComparison.Ordinal);

    public override int? ClassCountOf(Func<string, long[]?> shapes)
        => shapes($"{ClassTowersName}.0.2.bias") is [> 0 and <= int.MaxValue and var count] ? (int)count : null;

    /// <summary>The width of class towers depends on the number of classes too, where that exceeds the channels of the finest features.</summary>
    public override bool IsOfClassCount(string name, ReadOnlySpan<long> found, ReadOnlySpan<long> wanted, int classCount)
    {
        if (!name.StartsWith($"{ClassTowersName}.", StringComparison.Ordinal) || found.Length != wanted.Length)
            return false;
        for (var i = 0; i < found.Length; i++)
        {
            var isOfWidth = wanted[i] == ClassWidth(Settings.ClassCount) && found[i] == ClassWidth(classCount);
            if (found[i] != wanted[i] && !isOfWidth && !(wanted[i] == Settings.ClassCount && found[i] == classCount))
                return false;
        }

        return true;
    }

    public override bool HasClassRows(string name, ReadOnlySpan<long> found, ReadOnlySpan<long> wanted, int classCount)
    {
        var isLast = name.StartsWith($"{ClassTowersName}.", StringComparison.Ordinal) && name.Split('.') is [_, _, "2", _];
        return isLast && found.Length == wanted.Length && found[0] == classCount && found[1..].SequenceEqual(wanted[1..]);
    }

    public override void CopyClassRows(Tensor found, Tensor wanted, int classCount, IReadOnlyList<(int Found, int Wanted)> pairs)
    {
        foreach (var (there, here) in pairs)
            wanted[here].copy_(found[there]);
    }

    public override Tensor[] forward(Tensor[] inputs)
    {
        using var scope = NewDisposeScope();
        var outputs = new Tensor[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
            outputs[i] = cat([_boxTowers[i].call(inputs[i]), _classTowers[i].call(inputs[i])], 1).MoveToOuterDisposeScope();    // (B, 4R + C, H, W)
        return outputs;
    }

    private int ClassWidth(int classCount) => Math.Max(_finestChannels, Math.Min(classCount, MaxClassWidth));

    private static Sequential Tower(int inputChannels, int width, int outputChannels, Func<int, int, Module<Tensor, Tensor>> convolution)
        => Sequential(("0", convolution(inputChannels, width)), ("1", convolution(width, width)), ("2", Conv2d(width, outputChannels, 1)));

    private static ConvBlock Plain(int inputChannels, int outputChannels) => new(inputChannels, outputChannels, kernel: 3);

    private static Sequential Separable(int inputChannels, int outputChannels)
        => Sequential(
            ("0", new ConvBlock(inputChannels, inputChannels, kernel: 3, groups: inputChannels)),
            ("1", new ConvBlock(inputChannels, outputChannels)));

    /// <summary>Starts the head near the priors, so that the first steps are not spent unlearning objects everywhere (Lin et al. 2017, section 3.3).</summary>
    private void InitializeBiases(int layer)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var cells = Math.Pow(ExpectedImageSize / Settings.Strides[layer], 2);
        Bias(_boxTowers[layer]).FillInPlace(InitialBoxBias);
        Bias(_classTowers[layer]).FillInPlace(Math.Log(ExpectedObjects / Settings.ClassCount / cells));
    }

    private static Parameter Bias(Sequential tower) => ((Conv2d)tower[^1]).bias!;

    /// <summary>
    /// The value of each bin, 0 to R − 1, in the shape under which Ultralytics' models save them: a convolution that does not learn. It is there for the
    /// state alone.
    /// </summary>
    private sealed class BinValues : Module
    {
        [ComponentName(Name = "conv")]
        private readonly Conv2d _values;

        public BinValues()
            : base(nameof(BinValues))
        {
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            _values = Conv2d(YoloV8BoxCoding.Bins, 1, 1, bias: false);
            _values.weight.copy_(Arithmetic.Range(YoloV8BoxCoding.Bins, ScalarType.Float32, CPU).view(1, -1, 1, 1));
            _values.weight.requires_grad = false;
            RegisterComponents();
        }
    }
}
