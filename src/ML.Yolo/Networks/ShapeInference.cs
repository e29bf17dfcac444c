namespace ML.Yolo.Networks;

/// <summary>Follows channels, height and width through a description, without building anything, and says where it does not fit together.</summary>
internal static class ShapeInference
{
    private const int ImageChannels = 3;
    private const int MaxLayers = 1024;
    private const int MaxMapSide = 1 << 20;

    // Far above any detector, far below what would exhaust memory by itself: descriptions also come out of files.
    private const long MaxTotal = 1L << 30;

    /// <summary>The output of every layer but the head.</summary>
    /// <exception cref="ArgumentException">The description does not fit together; the message names the layer.</exception>
    public static LayerShape[] Follow(YoloArchitecture architecture, int height, int width) => Follow(architecture, height, width, out _);

    /// <summary>Weights that the layers before the head have at most.</summary>
    public static long MaxWeights(YoloArchitecture architecture)
    {
        Follow(architecture, YoloArchitecture.ProbeSize, YoloArchitecture.ProbeSize, out var weights);
        return weights;
    }

    private static LayerShape[] Follow(YoloArchitecture architecture, int height, int width, out long weights)
    {
        var layers = architecture.Layers;
        if (layers.Length is < 2 or > MaxLayers || layers[^1] is not HeadDescription)
            throw new ArgumentException($"'{architecture}' has {layers.Length} layers; from 2 to {MaxLayers} were expected, of which the last is Detect.");
        var shapes = new LayerShape[layers.Length - 1];
        weights = 0;
        for (var i = 0; i < shapes.Length; i++)
        {
            Check(architecture, i);
            var block = (BlockDescription)layers[i];
            var inputs = Inputs(layers, i, shapes, height, width);
            if (block.Misfit(inputs, architecture.Scale) is { } misfit)
                throw new ArgumentException($"'{architecture}': layer {i} ({block.Block}) {misfit}.");
            shapes[i] = block.Output(inputs, architecture.Scale);
            if (Math.Min(shapes[i].Height, shapes[i].Width) < 1 || Math.Max(shapes[i].Height, shapes[i].Width) > MaxMapSide)
            {
                throw new ArgumentException(
                    $"'{architecture}': layer {i} ({block.Block}) puts out {shapes[i]} where the image has {height} × {width} pixels; "
                    + $"a side of 1 to {MaxMapSide} was expected.");
            }

            weights += block.MaxWeights(inputs, architecture.Scale);
            if (weights > MaxTotal)
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"'{architecture}' has more than {MaxTotal:N0} weights by layer {i}; it is too large."));
            }
        }

        Check(architecture, shapes.Length);
        return shapes;
    }

    /// <summary>What goes into a layer.</summary>
    /// <param name="layers">The description.</param>
    /// <param name="index">The layer.</param>
    /// <param name="shapes">Outputs of the layers before it.</param>
    /// <param name="height">Height of the image, pixels.</param>
    /// <param name="width">Width of the image, pixels.</param>
    public static LayerShape[] Inputs(IReadOnlyList<LayerDescription> layers, int index, LayerShape[] shapes, int height, int width)
        => Array.ConvertAll(Sources(layers, index), source => source < 0 ? new LayerShape(ImageChannels, height, width) : shapes[source]);

    /// <summary>Numbers of the layers that feed layer <paramref name="index"/>; −1 is the image.</summary>
    public static int[] Sources(IReadOnlyList<LayerDescription> layers, int index)
        => [.. layers[index].From.Select(from => from < 0 ? index + from : from)];

    private static void Check(YoloArchitecture architecture, int index)
    {
        var layer = architecture.Layers[index] ?? throw new ArgumentException($"'{architecture}': layer {index} is missing.");
        if (layer.From is null || layer.From.Count == 0)
            throw new ArgumentException($"'{architecture}': layer {index} ({layer.Block}) takes its input from no layer.");
        foreach (var source in Sources(architecture.Layers, index).Where(source => source >= index || source < (index == 0 ? -1 : 0)))
        {
            throw new ArgumentException(
                $"'{architecture}': layer {index} ({layer.Block}) takes its input from layer {source}; only layers before it have an output.");
        }

        foreach (var (name, value, min, max) in layer.Sizes.Where(size => size.Value < size.Min || size.Value > size.Max))
            throw new ArgumentException($"'{architecture}': layer {index} ({layer.Block}) has {name} {value}; it must be from {min} to {max}.");
        if (layer.Flaw is { } flaw)
            throw new ArgumentException($"'{architecture}': layer {index} ({layer.Block}) {flaw}.");
        if (layer is HeadDescription != (index == architecture.Layers.Length - 1))
            throw new ArgumentException($"'{architecture}': layer {index} is Detect; it must be the last layer, and the only one.");
    }
}
