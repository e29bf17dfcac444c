using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

/// <summary>One 1 × 1 convolution a layer: (B, Cᵢ, H, W) to logits (B, A, H, W, 5 + C). Holds the anchors, in cells, as a buffer.</summary>
internal sealed class DetectHead : Module<Tensor[], Tensor[]>
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

    public DetectHead(int[] inputChannels, int classCount, IReadOnlyList<int> strides, Tensor anchorsInPixels)
        : base(nameof(DetectHead))
    {
        using var scope = NewDisposeScope();
        _channels = 5 + classCount;
        var anchorCount = (int)anchorsInPixels.shape[1];
        _convolutions = new ModuleList<Conv2d>([.. inputChannels.Select(channels => Conv2d(channels, anchorCount * _channels, 1))]);
        _anchors = (anchorsInPixels / tensor(strides.ToArray()).view(-1, 1, 1)).to(ScalarType.Float32).DetachFromDisposeScope();
        RegisterComponents();
        for (var i = 0; i < inputChannels.Length; i++)
            InitializeBias(_convolutions[i].bias!.view(anchorCount, -1), strides[i], classCount);
    }

    /// <summary>Anchors (L, A, 2) in cells.</summary>
    public Tensor Anchors => _anchors;

    /// <summary>One convolution a layer.</summary>
    public ModuleList<Conv2d> Convolutions => _convolutions;

    public override Tensor[] forward(Tensor[] inputs)
    {
        using var scope = NewDisposeScope();
        var outputs = new Tensor[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            var map = _convolutions[i].call(inputs[i]);                                       // (B, A·(5 + C), H, W)
            var shape = map.shape;
            var logits = map.view(shape[0], -1, _channels, shape[2], shape[3]);               // (B, A, 5 + C, H, W)
            outputs[i] = logits.permute(0, 1, 3, 4, 2).contiguous().MoveToOuterDisposeScope();
        }

        return outputs;
    }

    /// <summary>Starts the head near the priors, so that the first steps are not spent unlearning objects everywhere (Lin et al. 2017, section 3.3).</summary>
    private static void InitializeBias(Tensor bias, int stride, int classCount)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var cells = Math.Pow(ExpectedImageSize / stride, 2);
        bias.select(1, 4).add_(Math.Log(ExpectedObjects / cells));
        bias.narrow(1, 5, classCount).add_(Math.Log(ExpectedClassProbability / (classCount - 0.99999)));
    }
}
