namespace ML.Yolo.Distributed;

/// <summary>One process, which has nobody to agree with.</summary>
internal sealed class OneProcess : Distribution
{
    /// <summary>The one there is.</summary>
    public static OneProcess Instance { get; } = new();

    public override int Rank => 0;

    public override int Size => 1;

    public override int LocalRank => 0;

    public override int LocalSize => 1;

    public override int ProcessorCount => Environment.ProcessorCount;

    private protected override void SumAll(Span<float> numbers)
    {
    }

    private protected override void SumAll(Span<double> numbers)
    {
    }

    private protected override double MaxOfAll(double number) => number;

    private protected override void BroadcastToAll(Span<byte> bytes, int from)
    {
    }

    private protected override byte[][] GatherOnAll(ReadOnlySpan<byte> bytes) => [bytes.ToArray()];

    private protected override void Fail(Exception exception)
    {
    }
}
