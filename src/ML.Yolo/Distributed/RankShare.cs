namespace ML.Yolo.Distributed;

/// <summary>A rank's share of things that have an order.</summary>
/// <param name="Rank">The rank, from 0.</param>
/// <param name="Size">Number of ranks.</param>
internal readonly record struct RankShare(int Rank, int Size)
{
    /// <summary>All of them.</summary>
    public static RankShare Whole => new(0, 1);

    /// <summary>The share of a rank.</summary>
    public static RankShare Of(Distribution distribution) => new(distribution.Rank, distribution.Size);

    /// <summary>A run of neighbours; sizes of the ranks' shares differ by one at most, and with fewer things than ranks some are empty.</summary>
    public ReadOnlySpan<T> Neighbours<T>(ReadOnlySpan<T> all)
    {
        var (start, end) = ((long)all.Length * Rank / Size, (long)all.Length * (Rank + 1) / Size);
        return all[(int)start..(int)end];
    }

    /// <summary>Whether the thing of that index is in it, where they are dealt out in turn.</summary>
    public bool Has(long index) => index % Size == Rank;
}
