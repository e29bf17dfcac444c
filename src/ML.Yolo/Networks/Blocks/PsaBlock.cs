using ML.Yolo.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

/// <summary>Attention over positions, then two 1 × 1 convolutions at each, both added to what came in: (B, C, H, W) to (B, C, H, W).</summary>
internal sealed class PsaBlock : Module<Tensor, Tensor>
{
    [ComponentName(Name = "attn")]
    private readonly AttentionBlock _attention;

    [ComponentName(Name = "ffn")]
    private readonly Sequential _feedForward;

    /// <param name="channels">C, a multiple of the number of heads.</param>
    public PsaBlock(int channels)
        : base(nameof(PsaBlock))
    {
        _attention = new AttentionBlock(channels);
        _feedForward = Sequential(("0", new ConvBlock(channels, 2 * channels)), ("1", new ConvBlock(2 * channels, channels, isActivated: false)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var attended = input.Plus(_attention.call(input));
        return attended.Plus(_feedForward.call(attended)).MoveToOuterDisposeScope();
    }
}
