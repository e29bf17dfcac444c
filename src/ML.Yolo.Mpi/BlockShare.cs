namespace ML.Yolo.Mpi;

/// <summary>Which blocks are a rank's: those that are missing are dealt out in turn, however many there are.</summary>
/// <param name="Rank">The rank, from 0.</param>
/// <param name="Size">Number of ranks.</param>
/// <param name="Done">Numbers of the blocks that are done, ascending.</param>
internal sealed record BlockShare(int Rank, int Size, int[] Done)
{
    /// <summary>Whether a block is.</summary>
    public bool Has(int block)
    {
        var place = Array.BinarySearch(Done, block);
        return place < 0 && (block - ~place) % Size == Rank;
    }

    /// <summary>All that are, ascending, without end.</summary>
    public IEnumerable<int> Blocks()
    {
        for (var block = 0; ; block++)
        {
            if (Has(block))
                yield return block;
        }
    }
}
