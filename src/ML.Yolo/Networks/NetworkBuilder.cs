using static ML.Yolo.LayerDescription;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

/// <summary>Turns a description into modules.</summary>
internal sealed class NetworkBuilder(YoloArchitecture architecture, int classCount, Tensor anchorsInPixels)
{
    private const int ImageChannels = 3;

    private readonly LayerShape[] _shapes = ShapeInference.Follow(architecture, YoloArchitecture.ProbeSize, YoloArchitecture.ProbeSize);

    public Module[] Build() => [.. architecture.Layers.Select((layer, i) => Build(layer, InputChannels(i), i < _shapes.Length ? _shapes[i].Channels : 0))];

    private Module Build(LayerDescription layer, int[] inputs, int output) => layer switch
    {
        ConvDescription conv => new ConvBlock(inputs[0], output, conv.Kernel, conv.Stride, conv.Padding),
        BottleneckDescription bottleneck => Bottlenecks(inputs[0], output, architecture.ScaleRepeats(bottleneck.Repeats), bottleneck.Shortcut),
        C3Description c3 => new C3Block(inputs[0], output, architecture.ScaleRepeats(c3.Repeats), c3.Shortcut),
        SppDescription spp => new SppBlock(inputs[0], output, spp.Kernels),
        SppfDescription sppf => new SppfBlock(inputs[0], output, sppf.Kernel),
        MaxPoolDescription pool => MaxPool2d(pool.Kernel, pool.Stride),
        ZeroPadDescription pad => ZeroPad2d((pad.Left, pad.Right, pad.Top, pad.Bottom)),
        UpsampleDescription => Upsample(scale_factor: [2, 2], mode: UpsampleMode.Nearest),
        ConcatDescription => new ConcatBlock(),
        DetectDescription => new DetectHead(inputs, classCount, architecture.Strides, anchorsInPixels),
        _ => throw new NotSupportedException($"No block is known for {layer.Block}."),
    };

    /// <summary>One block is a layer by itself; several are a sequence, which their names show.</summary>
    private static Module Bottlenecks(int input, int output, int repeats, bool shortcut)
    {
        var blocks = Enumerable.Range(0, repeats).Select(i => new Bottleneck(i == 0 ? input : output, output, hidden: output / 2, shortcut)).ToArray();
        return repeats == 1 ? blocks[0] : Sequential(blocks.Select((block, i) => ($"{i}", (Module<Tensor, Tensor>)block)));
    }

    private int[] InputChannels(int layer)
        => Array.ConvertAll(ShapeInference.Sources(architecture.Layers, layer), source => source < 0 ? ImageChannels : _shapes[source].Channels);
}
