using ML.Yolo.Networks;
using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Onnx.Graphs;

/// <summary>Writes a network by its description: each convolution with its batch norm folded in.</summary>
internal sealed class NetworkGraph : IBlockVisitor<string>
{
    private readonly GraphBuilder _graph;
    private readonly YoloNetwork _network;
    private readonly ScalarType _type;
    private readonly Dictionary<string, Tensor> _state;
    private string _name = "";
    private string[] _inputs = [];
    private int _inputChannels;

    /// <param name="graph">Where to.</param>
    /// <param name="network">The network, in evaluation mode.</param>
    /// <param name="type">Numbers of the weights.</param>
    public NetworkGraph(GraphBuilder graph, YoloNetwork network, ScalarType type)
        => (_graph, _network, _type, _state) = (graph, network, type, network.state_dict());

    private NetworkScale Scale => _network.Architecture.Scale;

    /// <summary>Writes every layer.</summary>
    /// <param name="images">(B, 3, H, W).</param>
    /// <returns>What the head's convolutions put out, (B, channels, H / stride, W / stride) per layer of predictions.</returns>
    public string[] Write(string images)
    {
        using var noGradient = no_grad();
        var layers = _network.Architecture.Layers;
        var shapes = ShapeInference.Follow(_network.Architecture, YoloArchitecture.ProbeSize, YoloArchitecture.ProbeSize);
        var values = new string[shapes.Length];
        for (var i = 0; i < values.Length; i++)
        {
            (_name, _inputs) = ($"model.{i}", Array.ConvertAll(ShapeInference.Sources(layers, i), source => source < 0 ? images : values[source]));
            _inputChannels = ShapeInference.Inputs(layers, i, shapes, YoloArchitecture.ProbeSize, YoloArchitecture.ProbeSize)[0].Channels;
            values[i] = ((BlockDescription)layers[i]).Accept(this);
        }

        var head = $"model.{values.Length}";
        return [.. ShapeInference.Sources(layers, values.Length).Select((source, i) => Head(values[source], head, i))];
    }

    public string Visit(ConvDescription conv) => Convolution(_inputs[0], _name, conv.Stride, conv.Padding);

    public string Visit(DepthwiseConvDescription conv)
        => Convolution(_inputs[0], _name, conv.Stride, groups: DepthwiseConvDescription.Groups(_inputChannels, Scale.Channels(conv.Channels)));

    public string Visit(BottleneckDescription bottleneck) => Bottlenecks(_inputs[0], _name, Scale.Repeats(bottleneck.Repeats), bottleneck.Shortcut);

    public string Visit(C3Description c3) => C3(_inputs[0], _name, Scale.Repeats(c3.Repeats), c3.Shortcut);

    public string Visit(C2fDescription c2f)
    {
        var hidden = C2fBlock.Hidden(Scale.Channels(c2f.Channels));
        return C2f(_inputs[0], _name, hidden, Scale.Repeats(c2f.Repeats), (input, name) => Bottleneck(input, name, c2f.Shortcut));
    }

    public string Visit(C3kDescription c3k) => C3(_inputs[0], _name, Scale.Repeats(c3k.Repeats), c3k.Shortcut);

    public string Visit(C3k2Description c3k2) => C2f(_inputs[0], _name, c3k2.Hidden(Scale), Scale.Repeats(c3k2.Repeats), (input, name)
        => c3k2.HasC3k ? C3(input, name, C3k2Description.InnerRepeats, c3k2.Shortcut) : Bottleneck(input, name, c3k2.Shortcut));

    public string Visit(C2PsaDescription c2psa) => C2Psa(_inputs[0], _name, C2PsaBlock.Hidden(Scale.Channels(c2psa.Channels)), Scale.Repeats(c2psa.Repeats));

    public string Visit(SppDescription spp)
        => Pyramid(_inputs[0], _name, reduced => spp.Kernels.Select(kernel => Pool(reduced, kernel, stride: 1, padding: kernel / 2)));

    public string Visit(SppfDescription sppf) => Pyramid(_inputs[0], _name, reduced => Cascade(reduced, sppf.Kernel));

    public string Visit(MaxPoolDescription pool) => In(_name, () => Pool(_inputs[0], pool.Kernel, pool.Stride, padding: 0));

    public string Visit(ZeroPadDescription pad) => In(_name, () => Pad(_inputs[0], _name, pad));

    public string Visit(UpsampleDescription upsample) => In(_name, () => Enlarge(_inputs[0]));

    public string Visit(ConcatDescription concat) => In(_name, () => Join(_inputs));

    /// <summary>Convolution, batch norm and, where wanted, SiLU; the norm's scale and shift go into the weights.</summary>
    private string Convolution(string input, string name, int stride = 1, int? padding = null, int groups = 1, bool isActivated = true) => In(name, () =>
    {
        using var scope = NewDisposeScope();
        var weight = _state[$"{name}.conv.weight"];
        var deviation = _state[$"{name}.bn.running_var"].to(ScalarType.Float64).Plus(ConvBlock.NormEpsilon).sqrt();
        var scale = _state[$"{name}.bn.weight"].to(ScalarType.Float64) / deviation;
        var bias = _state[$"{name}.bn.bias"] - (_state[$"{name}.bn.running_mean"] * scale);
        var fused = weight * scale.view(-1, 1, 1, 1);                                             // (C₂, C₁, k, k)
        var kernel = (int)weight.shape[2];
        var output = Convolve(input, $"{name}.conv", fused, bias, stride, padding ?? kernel / 2, groups);
        return isActivated ? _graph.Add("Mul", [output, _graph.Add("Sigmoid", [output])]) : output;
    });

    private string Head(string input, string head, int layer) => _network.Head switch
    {
        AnchorHead => Projection(input, $"{head}.m.{layer}"),
        PointHead points => Towers(input, head, layer, points.IsDepthwise),
        var other => throw new NotSupportedException($"No graph is known for {other.GetType().Name}."),
    };

    private string Towers(string input, string head, int layer, bool isDepthwise)
    {
        var (box, classes) = ($"{head}.cv2.{layer}", $"{head}.cv3.{layer}");
        var sides = Projection(Convolution(Convolution(input, $"{box}.0"), $"{box}.1"), $"{box}.2");
        var step = isDepthwise ? Separable : (Func<string, string, string>)((value, name) => Convolution(value, name));
        var scores = Projection(step(step(input, $"{classes}.0"), $"{classes}.1"), $"{classes}.2");
        return In(head, () => Join([sides, scores]));
    }

    private string Separable(string input, string name)
        => Convolution(Convolution(input, $"{name}.0", groups: (int)_state[$"{name}.0.conv.weight"].shape[0]), $"{name}.1");

    /// <summary>A 1 × 1 convolution with a bias and nothing behind it.</summary>
    private string Projection(string input, string name)
        => In(name, () => Convolve(input, name, _state[$"{name}.weight"], _state[$"{name}.bias"], stride: 1, padding: 0, groups: 1));

    private string Convolve(string input, string name, Tensor weight, Tensor bias, int stride, int padding, int groups)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (weight.shape[2], weight.shape[3]);
        string[] inputs = [input, _graph.Constant($"{name}.weight", weight.to(_type)), _graph.Constant($"{name}.bias", bias.to(_type))];
        return _graph.Add("Conv", inputs, NodeAttribute.Integers("kernel_shape", height, width), NodeAttribute.Integers("strides", stride, stride),
            NodeAttribute.Integers("pads", padding, padding, padding, padding), NodeAttribute.Integer("group", groups));
    }

    private string Bottlenecks(string input, string name, int repeats, bool shortcut)
    {
        if (repeats == 1)
            return Bottleneck(input, name, shortcut);
        for (var i = 0; i < repeats; i++)
            input = Bottleneck(input, $"{name}.{i}", shortcut);
        return input;
    }

    private string Bottleneck(string input, string name, bool shortcut)
    {
        var output = Convolution(Convolution(input, $"{name}.cv1"), $"{name}.cv2");
        var isResidual = shortcut && _state[$"{name}.cv1.conv.weight"].shape[1] == _state[$"{name}.cv2.conv.weight"].shape[0];
        return isResidual ? Sum(input, output, name) : output;
    }

    private string C3(string input, string name, int repeats, bool shortcut)
    {
        var through = Convolution(input, $"{name}.cv1");
        for (var i = 0; i < repeats; i++)
            through = Bottleneck(through, $"{name}.m.{i}", shortcut);
        var past = Convolution(input, $"{name}.cv2");
        return Convolution(In(name, () => Join([through, past])), $"{name}.cv3");
    }

    private string C2f(string input, string name, int hidden, int repeats, Func<string, string, string> block)
    {
        var parts = Halves(Convolution(input, $"{name}.cv1"), name, hidden).ToList();
        for (var i = 0; i < repeats; i++)
            parts.Add(block(parts[^1], $"{name}.m.{i}"));
        return Convolution(In(name, () => Join([.. parts])), $"{name}.cv2");
    }

    private string C2Psa(string input, string name, int hidden, int repeats)
    {
        var halves = Halves(Convolution(input, $"{name}.cv1"), name, hidden);
        var attended = halves[1];
        for (var i = 0; i < repeats; i++)
        {
            attended = Sum(attended, Attention(attended, $"{name}.m.{i}.attn", hidden), $"{name}.m.{i}");
            var inner = Convolution(attended, $"{name}.m.{i}.ffn.0");
            attended = Sum(attended, Convolution(inner, $"{name}.m.{i}.ffn.1", isActivated: false), $"{name}.m.{i}");
        }

        return Convolution(In(name, () => Join([halves[0], attended])), $"{name}.cv2");
    }

    /// <summary>
    /// Attention as <see cref="AttentionBlock"/> computes it. Queries are scaled before they meet the keys, which keeps scores small in 16 bits.
    /// </summary>
    private string Attention(string input, string name, int channels)
    {
        var (heads, keys) = (AttentionBlock.Heads(channels), AttentionBlock.KeyChannels(channels));
        var all = Convolution(input, $"{name}.qkv", isActivated: false);
        _graph.Scope = name;
        using var scale = tensor(Math.Pow(keys, -0.5)).to(_type);
        var shape = _graph.Add("Shape", [input]);
        var rows = _graph.Add("Reshape", [all, _graph.Integers(0, heads, (2 * keys) + (channels / heads), -1)]);    // (B, heads, channels, N)
        var parts = _graph.AddMany("Split", 3, [rows, _graph.Integers(keys, keys, channels / heads)], NodeAttribute.Integer("axis", 2));
        var queries = _graph.Add("Mul", [Transpose(parts[0]), _graph.Constant($"{name}.scale", scale)]);
        var weights = _graph.Add("Softmax", [_graph.Add("MatMul", [queries, parts[1]])], NodeAttribute.Integer("axis", -1));    // (B, heads, N, N): query, key
        var attended = _graph.Add("Reshape", [_graph.Add("MatMul", [parts[2], Transpose(weights)]), shape]);
        var values = _graph.Add("Reshape", [parts[2], shape]);
        return Convolution(Sum(attended, Convolution(values, $"{name}.pe", groups: channels, isActivated: false), name), $"{name}.proj", isActivated: false);
    }

    /// <summary>Exchanges the last two of four axes.</summary>
    private string Transpose(string value) => _graph.Add("Transpose", [value], NodeAttribute.Integers("perm", 0, 1, 3, 2));

    private string[] Halves(string value, string name, int hidden)
    {
        _graph.Scope = name;
        return _graph.AddMany("Split", 2, [value, _graph.Integers(hidden, hidden)], NodeAttribute.Integer("axis", 1));
    }

    private string Sum(string first, string second, string name) => In(name, () => _graph.Add("Add", [first, second]));

    private string Pyramid(string input, string name, Func<string, IEnumerable<string>> pool)
    {
        var reduced = Convolution(input, $"{name}.cv1");
        return Convolution(In(name, () => Join([reduced, .. pool(reduced)])), $"{name}.cv2");
    }

    private IEnumerable<string> Cascade(string value, int kernel)
    {
        for (var i = 0; i < 3; i++)
            yield return value = Pool(value, kernel, stride: 1, padding: kernel / 2);
    }

    private string Pool(string input, int kernel, int stride, int padding)
        => _graph.Add(
            "MaxPool",
            [input],
            NodeAttribute.Integers("kernel_shape", kernel, kernel),
            NodeAttribute.Integers("strides", stride, stride),
            NodeAttribute.Integers("pads", padding, padding, padding, padding));

    /// <summary>
    /// Pads with the least number above zero that is not subnormal. Optimizers, ONNX Runtime's among them, fold a padding of zeros into the max pool after
    /// it, which takes what it pads for minus infinity.
    /// </summary>
    private string Pad(string input, string name, ZeroPadDescription pad)
    {
        using var least = tensor(_type == ScalarType.Float16 ? 6.104e-5f : 1.2e-38f).to(_type);
        return _graph.Add("Pad", [input, _graph.Integers(0, 0, pad.Top, pad.Left, 0, 0, pad.Bottom, pad.Right), _graph.Constant($"{name}.value", least)]);
    }

    private string Enlarge(string input)
        => _graph.Add("Resize", [input, "", _graph.Constant([1f, 1f, 2f, 2f], 4)],
            NodeAttribute.Text("mode", "nearest"),
            NodeAttribute.Text("coordinate_transformation_mode", "asymmetric"),
            NodeAttribute.Text("nearest_mode", "floor"));

    private string Join(string[] inputs) => _graph.Add("Concat", inputs, NodeAttribute.Integer("axis", 1));

    private string In(string name, Func<string> write)
    {
        _graph.Scope = name;
        return write();
    }
}
