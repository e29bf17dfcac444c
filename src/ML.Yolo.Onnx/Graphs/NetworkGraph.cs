using ML.Yolo.Networks;
using static ML.Yolo.LayerDescription;
using static TorchSharp.torch;

namespace ML.Yolo.Onnx.Graphs;

/// <summary>Writes a network by its description: each convolution with its batch norm folded in.</summary>
/// <param name="graph">Where to.</param>
/// <param name="network">The network, in evaluation mode.</param>
/// <param name="type">Numbers of the weights.</param>
internal sealed class NetworkGraph(GraphBuilder graph, YoloNetwork network, ScalarType type)
{
    private readonly Dictionary<string, Tensor> _state = network.state_dict();

    /// <summary>Writes every layer.</summary>
    /// <param name="images">(B, 3, H, W).</param>
    /// <returns>A head: (B, A·(5 + C), H / stride, W / stride).</returns>
    public string[] Write(string images)
    {
        using var noGradient = no_grad();
        var layers = network.Architecture.Layers;
        var values = new string[layers.Length - 1];
        for (var i = 0; i < values.Length; i++)
            values[i] = Layer(layers[i], $"model.{i}", Array.ConvertAll(ShapeInference.Sources(layers, i), source => source < 0 ? images : values[source]));
        var head = $"model.{values.Length}.m";
        return [.. ShapeInference.Sources(layers, values.Length).Select((source, i) => Head(values[source], $"{head}.{i}"))];
    }

    private string Layer(LayerDescription layer, string name, string[] inputs) => layer switch
    {
        ConvDescription conv => Convolution(inputs[0], name, conv.Stride, conv.Padding),
        BottleneckDescription bottleneck => Bottlenecks(inputs[0], name, network.Architecture.ScaleRepeats(bottleneck.Repeats), bottleneck.Shortcut),
        C3Description c3 => C3(inputs[0], name, network.Architecture.ScaleRepeats(c3.Repeats), c3.Shortcut),
        SppDescription spp => Pyramid(inputs[0], name, reduced => spp.Kernels.Select(kernel => Pool(reduced, kernel, stride: 1, padding: kernel / 2))),
        SppfDescription sppf => Pyramid(inputs[0], name, reduced => Cascade(reduced, sppf.Kernel)),
        MaxPoolDescription pool => In(name, () => Pool(inputs[0], pool.Kernel, pool.Stride, padding: 0)),
        ZeroPadDescription pad => In(name, () => Pad(inputs[0], name, pad)),
        UpsampleDescription => In(name, () => Enlarge(inputs[0])),
        ConcatDescription => In(name, () => Join(inputs)),
        _ => throw new NotSupportedException($"No graph is known for {layer.Block}."),
    };

    /// <summary>Convolution, batch norm and SiLU; the norm's scale and shift go into the weights.</summary>
    private string Convolution(string input, string name, int stride = 1, int? padding = null) => In(name, () =>
    {
        using var scope = NewDisposeScope();
        var weight = _state[$"{name}.conv.weight"];
        var scale = _state[$"{name}.bn.weight"].to(ScalarType.Float64) / (_state[$"{name}.bn.running_var"].to(ScalarType.Float64) + ConvBlock.NormEpsilon).sqrt();
        var bias = _state[$"{name}.bn.bias"] - (_state[$"{name}.bn.running_mean"] * scale);
        var fused = weight * scale.view(-1, 1, 1, 1);                                             // (C₂, C₁, k, k)
        var kernel = (int)weight.shape[2];
        var output = Convolve(input, $"{name}.conv", fused, bias, stride, padding ?? kernel / 2);
        return graph.Add("Mul", [output, graph.Add("Sigmoid", [output])]);
    });

    private string Head(string input, string name) => In(name, () => Convolve(input, name, _state[$"{name}.weight"], _state[$"{name}.bias"], stride: 1, padding: 0));

    private string Convolve(string input, string name, Tensor weight, Tensor bias, int stride, int padding)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (weight.shape[2], weight.shape[3]);
        string[] inputs = [input, graph.Constant($"{name}.weight", weight.to(type)), graph.Constant($"{name}.bias", bias.to(type))];
        return graph.Add("Conv", inputs, NodeAttribute.Integers("kernel_shape", height, width), NodeAttribute.Integers("strides", stride, stride),
            NodeAttribute.Integers("pads", padding, padding, padding, padding));
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
        return isResidual ? In(name, () => graph.Add("Add", [input, output])) : output;
    }

    private string C3(string input, string name, int repeats, bool shortcut)
    {
        var through = Convolution(input, $"{name}.cv1");
        for (var i = 0; i < repeats; i++)
            through = Bottleneck(through, $"{name}.m.{i}", shortcut);
        var past = Convolution(input, $"{name}.cv2");
        return Convolution(In(name, () => Join([through, past])), $"{name}.cv3");
    }

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
        => graph.Add("MaxPool", [input], NodeAttribute.Integers("kernel_shape", kernel, kernel), NodeAttribute.Integers("strides", stride, stride), NodeAttribute.Integers("pads", padding, padding, padding, padding));

    /// <summary>Pads with the least number above zero that is no subnormal. Optimizers, ONNX Runtime's among them, fold a padding of zeros into the max pool after it, which takes what it pads for minus infinity.</summary>
    private string Pad(string input, string name, ZeroPadDescription pad)
    {
        using var least = tensor(type == ScalarType.Float16 ? 6.104e-5f : 1.2e-38f).to(type);
        return graph.Add("Pad", [input, graph.Integers(0, 0, pad.Top, pad.Left, 0, 0, pad.Bottom, pad.Right), graph.Constant($"{name}.value", least)]);
    }

    private string Enlarge(string input)
        => graph.Add("Resize", [input, "", graph.Constant([1f, 1f, 2f, 2f], 4)],
            NodeAttribute.Text("mode", "nearest"), NodeAttribute.Text("coordinate_transformation_mode", "asymmetric"), NodeAttribute.Text("nearest_mode", "floor"));

    private string Join(string[] inputs) => graph.Add("Concat", inputs, NodeAttribute.Integer("axis", 1));

    private string In(string name, Func<string> write)
    {
        graph.Scope = name;
        return write();
    }
}
