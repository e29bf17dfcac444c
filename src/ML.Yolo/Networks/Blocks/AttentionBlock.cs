using ML.Yolo.Tensors;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

/// <summary>
/// Self-attention over the positions of a map (Vaswani et al. 2017, section 3.2), with a depthwise convolution of the values in place of position codes:
/// (B, C, H, W) to (B, C, H, W).
/// </summary>
internal sealed class AttentionBlock : Module<Tensor, Tensor>
{
    private const int HeadChannels = 64;

    [ComponentName(Name = "qkv")]
    private readonly ConvBlock _queriesKeysValues;

    [ComponentName(Name = "proj")]
    private readonly ConvBlock _projection;

    [ComponentName(Name = "pe")]
    private readonly ConvBlock _positions;

    private readonly int _heads;
    private readonly int _keyChannels;
    private readonly int _valueChannels;

    /// <param name="channels">C, a multiple of the number of heads.</param>
    public AttentionBlock(int channels)
        : base(nameof(AttentionBlock))
    {
        (_heads, _keyChannels, _valueChannels) = (Heads(channels), KeyChannels(channels), channels / Heads(channels));
        _queriesKeysValues = new ConvBlock(channels, channels + (2 * _keyChannels * _heads), isActivated: false);
        _projection = new ConvBlock(channels, channels, isActivated: false);
        _positions = new ConvBlock(channels, channels, kernel: 3, groups: channels, isActivated: false);
        RegisterComponents();
    }

    /// <summary>Heads of that many channels: one per 64, at least one.</summary>
    public static int Heads(int channels) => Math.Max(channels / HeadChannels, 1);

    /// <summary>Channels of a query or key of each head, half of its values' channels.</summary>
    public static int KeyChannels(int channels) => channels / Heads(channels) / 2;

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var shape = input.shape;
        var parts = _queriesKeysValues.call(input).reshape(shape[0], _heads, (2 * _keyChannels) + _valueChannels, -1)
            .split([_keyChannels, _keyChannels, _valueChannels], 2);                              // 3 × (B, heads, channels, N)
        var (queries, keys, values) = (parts[0], parts[1], parts[2]);
        var scores = queries.transpose(-2, -1).matmul(keys).Times(Math.Pow(_keyChannels, -0.5));  // (B, heads, N, N): query, key
        var attended = values.matmul(scores.softmax(-1).transpose(-2, -1));                       // (B, heads, channels, N)
        var output = attended.reshape(shape).Plus(_positions.call(values.reshape(shape)));
        return _projection.call(output).MoveToOuterDisposeScope();
    }
}
