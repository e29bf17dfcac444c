using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

/// <summary>Cross-stage partial block (Wang et al. 2020): half the channels pass a row of bottlenecks, half go by, a third convolution joins them.</summary>
internal sealed class C3Block : Module<Tensor, Tensor>
{
    [ComponentName(Name = "cv1")]
    private readonly ConvBlock _through;

    [ComponentName(Name = "cv2")]
    private readonly ConvBlock _past;

    [ComponentName(Name = "cv3")]
    private readonly ConvBlock _join;

    [ComponentName(Name = "m")]
    private readonly Sequential _bottlenecks;

    public C3Block(int inputChannels, int outputChannels, int repeats, bool shortcut)
        : base(nameof(C3Block))
    {
        var hidden = outputChannels / 2;
        _through = new ConvBlock(inputChannels, hidden);
        _past = new ConvBlock(inputChannels, hidden);
        _join = new ConvBlock(2 * hidden, outputChannels);
        _bottlenecks = Sequential(Enumerable.Range(0, repeats).Select(i => ($"{i}", (Module<Tensor, Tensor>)new Bottleneck(hidden, hidden, hidden, shortcut))));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var through = _bottlenecks.call(_through.call(input));
        return _join.call(cat([through, _past.call(input)], 1)).MoveToOuterDisposeScope();
    }
}
