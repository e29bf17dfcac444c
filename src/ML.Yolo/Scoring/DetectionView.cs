using Microsoft.ML;
using ML.Yolo.Columns;

namespace ML.Yolo.Scoring;

/// <summary>The input's rows with the predicted columns added, scored in batches while a cursor moves.</summary>
/// <param name="input">The rows.</param>
/// <param name="schema">The input's columns followed by the predicted ones.</param>
/// <param name="scorer">Finds the objects.</param>
internal sealed class DetectionView(IDataView input, DataViewSchema schema, DetectionScorer scorer) : IDataView
{
    public bool CanShuffle => input.CanShuffle;

    public DataViewSchema Schema => schema;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var needed = columnsNeeded.Select(column => column.Index).ToHashSet();
        var passed = input.Schema.Where(column => needed.Contains(column.Index)).ToList();
        var isScored = needed.Any(index => index >= input.Schema.Count);
        var read = isScored
            ? passed.Append(input.Schema[scorer.ImageColumnName]).Concat(ImageColumn.PathColumns(input.Schema)).DistinctBy(column => column.Index)
            : passed;
        return new DetectionCursor(input.GetRowCursor(read, rand), schema, passed, isScored ? scorer : null);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];
}
