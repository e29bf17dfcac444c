using static ML.Yolo.LayerDescription;

namespace ML.Yolo.Networks;

/// <summary>Follows channels, height and width through a description, without building anything, and says where it does not fit together.</summary>
internal static class ShapeInference
{
    private const int ImageChannels = 3;
    private const int MostLayers = 1024;
    private const int LargestMap = 1 << 20;

    // Far above any detector, far below what would exhaust memory by itself: descriptions also come out of files.
    private const long MostWeights = 1L << 30;

    /// <summary>The output of every layer but the heads.</summary>
    /// <exception cref="ArgumentException">The description does not fit together; the message names the layer.</exception>
    public static LayerShape[] Follow(YoloArchitecture architecture, int height, int width)
    {
        var layers = architecture.Layers;
        if (layers.Length is < 2 or > MostLayers || layers[^1] is not DetectDescription)
            throw new ArgumentException($"'{architecture}' has {layers.Length} layers; from 2 to {MostLayers} were expected, of which the last is Detect.");
        var shapes = new LayerShape[layers.Length - 1];
        var weights = 0L;
        for (var i = 0; i < layers.Length; i++)
        {
            Check(architecture, i);
            var inputs = Sources(layers, i).Select(source => source < 0 ? new LayerShape(ImageChannels, height, width) : shapes[source]).ToArray();
            if (i == shapes.Length)
                break;
            shapes[i] = Output(architecture, i, inputs);
            if (Math.Min(shapes[i].Height, shapes[i].Width) < 1 || Math.Max(shapes[i].Height, shapes[i].Width) > LargestMap)
                throw new ArgumentException($"'{architecture}': layer {i} ({layers[i].Block}) puts out {shapes[i]} where the image has {height} × {width} pixels; a side of 1 to {LargestMap} was expected.");
            weights += WeightBound(architecture, layers[i], inputs[0].Channels, shapes[i].Channels);
            if (weights > MostWeights)
                throw new ArgumentException($"'{architecture}' has more than {MostWeights:N0} weights by layer {i}; it is too large.");
        }

        return shapes;
    }

    /// <summary>Numbers of the layers that feed layer <paramref name="index"/>; −1 is the image.</summary>
    public static int[] Sources(IReadOnlyList<LayerDescription> layers, int index)
        => [.. layers[index].From.Select(from => from < 0 ? index + from : from)];

    private static void Check(YoloArchitecture architecture, int index)
    {
        var layer = architecture.Layers[index] ?? throw new ArgumentException($"'{architecture}': layer {index} is missing.");
        if (layer.From is null || layer.From.Count == 0)
            throw new ArgumentException($"'{architecture}': layer {index} ({layer.Block}) takes its input from no layer.");
        foreach (var source in Sources(architecture.Layers, index).Where(source => source >= index || source < (index == 0 ? -1 : 0)))
            throw new ArgumentException($"'{architecture}': layer {index} ({layer.Block}) takes its input from layer {source}; only layers before it have an output.");
        foreach (var (name, value, least, most) in layer.Sizes.Where(size => size.Value < size.Least || size.Value > size.Most))
            throw new ArgumentException($"'{architecture}': layer {index} ({layer.Block}) has {name} {value}; it must be from {least} to {most}.");
        if ((layer as SppfDescription)?.Kernel % 2 == 0 || (layer as SppDescription)?.Kernels.Any(kernel => kernel % 2 == 0) == true)
            throw new ArgumentException($"'{architecture}': layer {index} ({layer.Block}) has an even kernel; pools that keep the size are odd.");
        if (layer is DetectDescription != (index == architecture.Layers.Length - 1))
            throw new ArgumentException($"'{architecture}': layer {index} is Detect; it must be the last layer, and the only one.");
    }

    private static LayerShape Output(YoloArchitecture architecture, int index, LayerShape[] inputs)
    {
        var input = inputs[0];
        return architecture.Layers[index] switch
        {
            ConvDescription conv => new(architecture.ScaleChannels(conv.Channels), Slide(input.Height, conv.Padding, conv.Kernel, conv.Stride), Slide(input.Width, conv.Padding, conv.Kernel, conv.Stride)),
            BottleneckDescription bottleneck => input with { Channels = architecture.ScaleChannels(bottleneck.Channels) },
            C3Description c3 => input with { Channels = architecture.ScaleChannels(c3.Channels) },
            SppDescription spp => input with { Channels = architecture.ScaleChannels(spp.Channels) },
            SppfDescription sppf => input with { Channels = architecture.ScaleChannels(sppf.Channels) },
            MaxPoolDescription pool => input with { Height = Slide(input.Height, 0, pool.Kernel, pool.Stride), Width = Slide(input.Width, 0, pool.Kernel, pool.Stride) },
            ZeroPadDescription pad => input with { Height = input.Height + pad.Top + pad.Bottom, Width = input.Width + pad.Left + pad.Right },
            UpsampleDescription => input with { Height = 2 * input.Height, Width = 2 * input.Width },
            ConcatDescription => input with { Channels = Joined(architecture, index, inputs) },
            var other => throw new NotSupportedException($"No shape is known for {other.Block}."),
        };
    }

    private static int Slide(int size, int padding, int kernel, int stride) => size + (2 * padding) < kernel ? 0 : ((size + (2 * padding) - kernel) / stride) + 1;

    private static int Joined(YoloArchitecture architecture, int index, LayerShape[] inputs)
    {
        foreach (var other in inputs.Where(other => (other.Height, other.Width) != (inputs[0].Height, inputs[0].Width)))
            throw new ArgumentException($"'{architecture}': layer {index} joins maps of {inputs[0]} and {other}; height and width must be the same.");
        return inputs.Sum(input => input.Channels);
    }

    /// <summary>At least as many weights as the layer has.</summary>
    private static long WeightBound(YoloArchitecture architecture, LayerDescription layer, int input, int output)
    {
        long widest = Math.Max(input, output);
        return layer switch
        {
            ConvDescription conv => (long)input * output * conv.Kernel * conv.Kernel,
            BottleneckDescription bottleneck => 5 * widest * widest * architecture.ScaleRepeats(bottleneck.Repeats),
            C3Description c3 => widest * output * (2 + (3 * (long)architecture.ScaleRepeats(c3.Repeats))),
            SppDescription spp => widest * widest * (1 + spp.Kernels.Count),
            SppfDescription => 3 * widest * widest,
            _ => 0,
        };
    }
}
