namespace ML.Yolo.Networks;

/// <summary>How a family's description becomes a network of one size.</summary>
/// <param name="Depth">Multiplies the repeats of blocks.</param>
/// <param name="Width">Multiplies the channels.</param>
/// <param name="MaxChannels">Channels of a description count for no more than this before they are multiplied.</param>
internal readonly record struct NetworkScale(double Depth, double Width, int MaxChannels = int.MaxValue)
{
    private const int ChannelMultiple = 8;

    /// <summary>Channels of a layer: a multiple of eight.</summary>
    public int Channels(int channels) => (int)Math.Ceiling(Math.Min(channels, MaxChannels) * Width / ChannelMultiple) * ChannelMultiple;

    /// <summary>Repeats of a block: at least one. A single block stays single.</summary>
    public int Repeats(int repeats) => repeats == 1 ? 1 : Math.Max((int)Math.Round(repeats * Depth, MidpointRounding.ToEven), 1);
}
