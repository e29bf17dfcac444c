using static ML.Yolo.Networks.LayerDescription;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

/// <summary>Turns a description into modules, following the channels from layer to layer.</summary>
internal sealed class NetworkBuilder(YoloArchitecture architecture, int classCount, Tensor anchorsInPixels)
{
    private const int ImageChannels = 3;

    private readonly List<int> _channels = [];

    public Module[] Build()
    {
        var modules = new List<Module>();
        foreach (var layer in architecture.Layers)
        {
            var (module, channels) = Build(layer);
            modules.Add(module);
            _channels.Add(channels);
        }

        return [.. modules];
    }

    private (Module Module, int Channels) Build(LayerDescription layer)
    {
        var input = layer.From.Select(ChannelsOf).ToArray();
        switch (layer)
        {
            case ConvDescription conv:
                var channels = architecture.ScaleChannels(conv.Channels);
                return (new ConvBlock(input[0], channels, conv.Kernel, conv.Stride, conv.Padding), channels);
            case C3Description c3:
                channels = architecture.ScaleChannels(c3.Channels);
                return (new C3Block(input[0], channels, architecture.ScaleRepeats(c3.Repeats), c3.Shortcut), channels);
            case SppfDescription sppf:
                channels = architecture.ScaleChannels(sppf.Channels);
                return (new SppfBlock(input[0], channels, sppf.Kernel), channels);
            case UpsampleDescription:
                return (Upsample(scale_factor: [2, 2], mode: UpsampleMode.Nearest), input[0]);
            case ConcatDescription:
                return (new ConcatBlock(), input.Sum());
            case DetectDescription:
                return (new DetectHead(input, classCount, architecture.Strides, anchorsInPixels), 0);
            default:
                throw new NotSupportedException($"No block is known for {layer.GetType().Name}.");
        }
    }

    private int ChannelsOf(int from) => from >= 0 ? _channels[from] : _channels.Count == 0 ? ImageChannels : _channels[^1];
}
