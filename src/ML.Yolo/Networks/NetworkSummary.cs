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
        {
            var block = (BlockDescription)architecture.Layers[i];
            var (from, module) = (string.Join(", ", block.From), network.Layers[i]);
            rows.Add(new Row($"{i}", from, block.Label(architecture.Scale), $"{shapes[i]}", Parameters(module), MultiplyAdds(module, shapes[i])));
        }

        var sources = ShapeInference.Sources(architecture.Layers, shapes.Length);
        for (var i = 0; i < sources.Length; i++)
        {
            var (cells, modules) = (shapes[sources[i]], network.Head.ModulesOf(i).ToList());
            rows.Add(new Row($"{shapes.Length}", $"{sources[i]}", $"Detect /{architecture.Strides[i]}", network.Head.DescribeMap(i, cells.Height, cells.Width),
                modules.Sum(Parameters), modules.Sum(module => MultiplyAdds(module, cells))));
        }

        foreach (var module in network.Head.SharedModules)
            rows.Add(new Row($"{shapes.Length}", "", "Detect", "", Parameters(module), 0));
        return Text(network, height, width, rows);
    }

    private static string Text(YoloNetwork network, int height, int width, List<Row> rows)
    {
        var text = new StringBuilder();
        text.AppendLine("layer  from    block             output              parameters    GFLOPs");
        foreach (var row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{row.Index,5}  {row.From,-6}  {row.Block,-16}  {row.Output,-18}  ");
            text.AppendLine(CultureInfo.InvariantCulture, $"{row.Parameters,10:N0}  {Gigaflops(row.MultiplyAdds),8:F3}");
        }

        var (parameters, gigaflops) = (rows.Sum(row => row.Parameters), Gigaflops(rows.Sum(row => row.MultiplyAdds)));
        text.Append(CultureInfo.InvariantCulture, $"{network.Architecture}: {parameters:N0} parameters, {gigaflops:F1} GFLOPs for an image of ");
        text.Append(CultureInfo.InvariantCulture, $"{height} × {width} pixels, {network.ClassCount} classes, strides {string.Join(", ", network.Strides)}.");
        return text.ToString();
    }

    private static long Parameters(nn.Module module) => module.parameters().Sum(parameter => parameter.numel());

    /// <summary>Of the convolutions. Within a layer they all work at the size of its output, so each weight is used once a pixel of it.</summary>
    private static long MultiplyAdds(nn.Module module, LayerShape output)
        => module.parameters().Where(parameter => parameter.dim() == 4).Sum(weight => weight.numel()) * output.Height * output.Width;

    private static double Gigaflops(long multiplyAdds) => 2e-9 * multiplyAdds;

    private sealed record Row(string Index, string From, string Block, string Output, long Parameters, long MultiplyAdds);
}
