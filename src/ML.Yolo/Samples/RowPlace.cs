namespace ML.Yolo.Samples;

/// <summary>Where a row stands: cursors of a set share the rows by batches, and each batch is one cursor's alone.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Order">Its place among the rows of its batches that the cursor met.</param>
internal readonly record struct RowPlace(long Batch, long Order) : IComparable<RowPlace>
{
    public int CompareTo(RowPlace other) => (Batch, Order).CompareTo((other.Batch, other.Order));
}
