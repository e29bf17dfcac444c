using ML.Yolo.Scoring;

namespace ML.Yolo.Tests.Scoring;

/// <summary>Rows read ahead of the network.</summary>
public sealed class RowReaderTests
{
    [Fact]
    public void Next_SevenRowsInBatchesOfThree_GivesThemInOrderInSlotsOfTheirOwn()
    {
        using var reader = Reader(rows: 7, out var read);
        var batches = All(reader);

        Assert.Equal([3, 3, 1], batches.Select(batch => batch.Images.Count));
        Assert.Equal([0, 3, 6], batches.Select(batch => batch.FirstSlot));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], read);
    }

    [Fact]
    public void Next_RowThatCannotBeRead_GivesTheRowsBeforeItAndSaysWhy()
    {
        using var reader = Reader(rows: 20, out _, failing: 4);
        var batches = All(reader);

        Assert.Equal([3, 1], batches.Select(batch => batch.Images.Count));
        Assert.Null(batches[0].Failure);
        Assert.Equal("row 4", batches[1].Failure!.SourceException.Message);
    }

    [Fact]
    public void Next_OnceOfEndlessRows_ReadsNoMoreThanThreeBatches()
    {
        List<int> read;
        using (var reader = Reader(rows: int.MaxValue, out read))
            reader.Next();

        Assert.InRange(read.Count, 3, 9);
    }

    [Fact]
    public void Dispose_BeforeAnyRowWasAskedFor_ReadsNone()
    {
        List<int> read;
        using (Reader(rows: 5, out read))
        {
        }

        Assert.Empty(read);
    }

    /// <summary>A reader of rows in batches of three that notes which slots it read into.</summary>
    private static RowReader Reader(int rows, out List<int> read, int failing = -1)
    {
        var (row, slots) = (-1, new List<int>());
        read = slots;
        return new RowReader(
            () => ++row < rows,
            slot =>
            {
                if (row == failing)
                    throw new FormatException($"row {row}");
                slots.Add(slot);
                return null;
            },
            batchSize: 3);
    }

    private static List<RowBatch> All(RowReader reader)
    {
        var batches = new List<RowBatch>();
        while (reader.Next() is { } batch)
            batches.Add(batch);
        return batches;
    }
}
