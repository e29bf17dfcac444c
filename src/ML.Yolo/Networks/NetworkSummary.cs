using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace ML.Yolo.Networks;

/// <summary>A network as a table: one line a layer, its output for one image, its parameters and its cost.</summary>
internal static class NetworkSummary
{
    public static string Write(YoloNetwork network, int height, int width)
    {
        var architecture = network.Architecture;
        var shapes = ShapeInference.Follow(architecture, height, width);
        var rows = new List<Row>();
        for (var i = 0; i < shapes.Length; i++)
            rows.Add(new Row($"{i}", string.Join(", ", architecture.Layers[i].From), Label(architecture, i), $"{shapes[i]}", Parameters(network.Layers[i]), MultiplyAdds(network.Layers[i], shapes[i])));
        var sources = ShapeInference.Sources(architecture.Layers, shapes.Length);
        for (var i = 0; i < sources.Length; i++)
        {
            var convolution = ((DetectHead)network.Layers[^1]).Convolutions[i];
            var (channels, rowCount, columnCount) = shapes[sources[i]] with { Channels = (int)convolution.weight.shape[0] };
            var map = $"{network.Anchors.shape[1]} × {rowCount} × {columnCount} × {channels / network.Anchors.shape[1]}";
            rows.Add(new Row($"{shapes.Length}", $"{sources[i]}", $"Detect /{architecture.Strides[i]}", map, Parameters(convolution), MultiplyAdds(convolution, shapes[sources[i]])));
        }

        return Text(network, height, width, rows);
    }

    private static string Text(YoloNetwork network, int height, int width, List<Row> rows)
    {
        var text = new StringBuilder();
        text.AppendLine("layer  from    block             output              parameters    GFLOPs");
        foreach (var row in rows)
            text.AppendLine(CultureInfo.InvariantCulture, $"{row.Index,5}  {row.From,-6}  {row.Block,-16}  {row.Output,-18}  {row.Parameters,10:N0}  {Gigaflops(row.MultiplyAdds),8:F3}");
        text.Append(CultureInfo.InvariantCulture,
            $"{network.Architecture}: {rows.Sum(row => row.Parameters):N0} parameters, {Gigaflops(rows.Sum(row => row.MultiplyAdds)):F1} GFLOPs for an image of {height} × {width} pixels, {network.ClassCount} classes, strides {string.Join(", ", network.Strides)}.");
        return text.ToString();
    }

    private static string Label(YoloArchitecture architecture, int index)
    {
        var layer = architecture.Layers[index];
        return layer switch
        {
            LayerDescription.ConvDescription conv => $"Conv {conv.Kernel}×{conv.Kernel}{(conv.Stride > 1 ? $" /{conv.Stride}" : "")}",
            LayerDescription.MaxPoolDescription pool => $"MaxPool {pool.Kernel}×{pool.Kernel} /{pool.Stride}",
            LayerDescription.C3Description c3 => Times(layer.Block, architecture.ScaleRepeats(c3.Repeats)),
            LayerDescription.BottleneckDescription bottleneck => Times(layer.Block, architecture.ScaleRepeats(bottleneck.Repeats)),
            _ => layer.Block,
        };
    }

    private static string Times(string block, int repeats) => repeats > 1 ? $"{block} × {repeats}" : block;

    private static long Parameters(nn.Module module) => module.parameters().Sum(parameter => parameter.numel());

    /// <summary>Of the convolutions. Within a layer they all work at the size of its output, so each weight is used once a pixel of it.</summary>
    private static long MultiplyAdds(nn.Module module, LayerShape output)
        => module.parameters().Where(parameter => parameter.dim() == 4).Sum(weight => weight.numel()) * output.Height * output.Width;

    private static double Gigaflops(long multiplyAdds) => 2e-9 * multiplyAdds;

    private sealed record Row(string Index, string From, string Block, string Output, long Parameters, long MultiplyAdds);
}
