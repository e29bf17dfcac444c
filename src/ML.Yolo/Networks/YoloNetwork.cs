using System.Globalization;
using ML.Yolo.Boxes;
using ML.Yolo.Devices;
using ML.Yolo.Networks;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo;

/// <summary>
/// A detector network: images in, one map of logits per layer of predictions out. Parameter and buffer names are those of Ultralytics' models.
/// </summary>
public sealed class YoloNetwork : Module<Tensor, Tensor[]>
{
    [ComponentName(Name = "model")]
    private readonly ModuleList<Module> _layers;

    private readonly int[][] _sources;
    private readonly bool[] _isKept;
    private int _frozen;

    private YoloNetwork(YoloArchitecture architecture, HeadSettings settings)
        : base(nameof(YoloNetwork))
    {
        Architecture = architecture;
        _sources = [.. architecture.Layers.Select((_, i) => ShapeInference.Sources(architecture.Layers, i))];
        _layers = new ModuleList<Module>(NetworkBuilder.Build(architecture, settings));
        _isKept = KeptLayers(_sources);
        RegisterComponents();
        ChannelsLast.Apply(this);
    }

    /// <summary>The description this network was built from.</summary>
    public YoloArchitecture Architecture { get; }

    /// <summary>Number of classes, C.</summary>
    public int ClassCount => Head.Settings.ClassCount;

    /// <summary>Pixels per cell, one number per layer of predictions, finest first.</summary>
    public IReadOnlyList<int> Strides => Architecture.Strides;

    /// <summary>Anchors (L, A, 2): widths and heights in cells of each layer. Part of the saved state. Null for a head without anchors.</summary>
    public Tensor? Anchors => Head.Anchors;

    /// <summary>One module per line of the description; the last is the head.</summary>
    internal ModuleList<Module> Layers => _layers;

    /// <summary>The last layer.</summary>
    /// <remarks>No field: TorchSharp would register the head a second time.</remarks>
    internal DetectionHead Head => (DetectionHead)_layers[^1];

    /// <summary>Makes a network with initial weights: convolutions as PyTorch draws them, head biases from the priors.</summary>
    /// <param name="architecture">The description.</param>
    /// <param name="classCount">Number of classes, at least 1.</param>
    /// <param name="anchors">Anchors in pixels of the input; the architecture's where omitted.</param>
    /// <exception cref="ArgumentException">The class count is below 1, or the anchors do not fit the head.</exception>
    public static YoloNetwork Create(YoloArchitecture architecture, int classCount, AnchorSet? anchors = null)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        return Create(architecture, classCount, architecture.Head.Codings[0], anchors);
    }

    /// <summary>The same with a coding that is not the head's own.</summary>
    /// <param name="architecture">The description.</param>
    /// <param name="classCount">Number of classes, at least 1.</param>
    /// <param name="coding">How its logits become boxes: one of <see cref="HeadDescription.Codings"/>.</param>
    /// <param name="anchors">Anchors in pixels of the input; the architecture's where omitted.</param>
    /// <param name="seed">What the initial weights depend on; null goes on from where LibTorch's generator is.</param>
    internal static YoloNetwork Create(YoloArchitecture architecture, int classCount, BoxCoding coding, AnchorSet? anchors = null, int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        if (classCount < 1)
            throw new ArgumentOutOfRangeException(nameof(classCount), FormattableString.Invariant($"classCount is {classCount}; it must be at least 1."));
        if (!architecture.Head.Codings.Contains(coding))
        {
            throw new ArgumentException(
                $"{architecture}'s head cannot be read as {coding}; it can as {string.Join(", ", architecture.Head.Codings)}.", nameof(coding));
        }

        if (anchors is not null && anchors.LayerCount != architecture.Anchors?.LayerCount)
        {
            var wanted = architecture.Anchors?.LayerCount.ToString(CultureInfo.InvariantCulture) ?? "none";
            throw new ArgumentException($"anchors is for {anchors.LayerCount} layers of predictions; {architecture} takes {wanted}.", nameof(anchors));
        }

        TorchBackend.EnsureLoaded();
        var head = new HeadSettings(classCount, architecture.Strides, anchors ?? architecture.Anchors, coding);
        return WeightGenerator.Draw(() => new YoloNetwork(architecture, head), seed);
    }

    /// <summary>Runs the network.</summary>
    /// <param name="images">(B, 3, H, W): RGB in [0, 1]; H and W multiples of the largest stride.</param>
    /// <returns>
    /// One map of logits per layer of predictions, finest first: (B, A, H / stride, W / stride, 5 + C) of an anchor head, (B, 64 + C, H / stride, W /
    /// stride) of a point head.
    /// </returns>
    public IReadOnlyList<Tensor> Forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Array.ConvertAll(call(images), map => map.contiguous().MoveToOuterDisposeScope());
    }

    /// <summary>The network as a table: layers, what each puts out for one image, parameters and billions of floating-point operations.</summary>
    /// <param name="height">Height of the image, pixels: a multiple of the largest stride.</param>
    /// <param name="width">Width of the image, pixels: a multiple of the largest stride.</param>
    /// <remarks>A multiplication and an addition count as two operations; those of convolutions are counted, which is nearly all.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Height or width is not a multiple of the largest stride.</exception>
    public string Summary(int height = 640, int width = 640)
    {
        foreach (var (name, value) in new[] { (nameof(height), height), (nameof(width), width) })
        {
            if (value < 1 || value % Strides[^1] != 0)
                throw new ArgumentOutOfRangeException(name, FormattableString.Invariant($"{name} is {value}; it must be a multiple of {Strides[^1]}."));
        }

        return NetworkSummary.Write(this, height, width);
    }

    /// <summary>A network of its own with the same weights, on the same device, outside any dispose scope.</summary>
    internal YoloNetwork Clone()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var clone = WeightGenerator.Draw(() => new YoloNetwork(Architecture, Head.Settings));
        clone.to(parameters().First().device);
        clone.CopyStateFrom(this);
        return clone;
    }

    /// <summary>Makes scoring faster: in evaluation mode, without gradients, convolutions run with their norms folded in, by the weights of now.</summary>
    internal void Fold()
    {
        foreach (var block in modules().OfType<ConvBlock>())
            block.Fold();
    }

    /// <summary>Scores by the weights themselves again, which may have changed.</summary>
    internal void Unfold()
    {
        foreach (var block in modules().OfType<ConvBlock>())
            block.Unfold();
    }

    /// <summary>Takes over the weights of a network of the same architecture and class count.</summary>
    internal void CopyStateFrom(YoloNetwork other)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var source = other.state_dict();
        foreach (var (name, target) in state_dict())
            target.copy_(source[name]);
    }

    /// <summary>Takes other anchors. Only for a head that has some.</summary>
    internal void SetAnchors(AnchorSet anchors)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Anchors!.copy_(anchors.InCells(Strides));
    }

    /// <summary>Keeps the weights and the norm statistics of the first layers as they are: they are no longer trained, and stay in evaluation mode.</summary>
    internal void Freeze(int layers)
    {
        _frozen = layers;
        foreach (var parameter in FrozenLayers().SelectMany(layer => layer.parameters()))
            parameter.requires_grad = false;
    }

    /// <inheritdoc/>
    public override void train(bool train = true)
    {
        base.train(train);
        foreach (var layer in FrozenLayers())
            layer.eval();
    }

    /// <inheritdoc/>
    public override Tensor[] forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var kept = new Tensor[_layers.Count];
        var current = ChannelsLast.Of(input);
        for (var i = 0; i < _layers.Count - 1; i++)
        {
            current = _layers[i] switch
            {
                Module<Tensor, Tensor> block => block.call(Inputs(i, current, kept)[0]),
                Module<Tensor[], Tensor> join => join.call(Inputs(i, current, kept)),
                var other => throw new InvalidOperationException($"Layer {i} is a {other.GetType().Name}, which is not a block."),
            };
            if (_isKept[i])
                kept[i] = current;
        }

        return Array.ConvertAll(Head.call(Inputs(_layers.Count - 1, current, kept)), map => map.MoveToOuterDisposeScope());
    }

    private IEnumerable<Module> FrozenLayers() => _layers.Take(_frozen);

    /// <summary>Which layers' outputs are needed again after the next layer.</summary>
    private static bool[] KeptLayers(int[][] sources)
    {
        var kept = new bool[sources.Length];
        for (var i = 0; i < sources.Length; i++)
        {
            foreach (var source in sources[i].Where(source => source != i - 1))
                kept[source] = true;
        }

        return kept;
    }

    private Tensor[] Inputs(int layer, Tensor previous, Tensor[] kept)
        => Array.ConvertAll(_sources[layer], source => source == layer - 1 ? previous : kept[source]);
}
