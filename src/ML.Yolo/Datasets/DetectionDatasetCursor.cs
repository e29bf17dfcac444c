using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Columns;

namespace ML.Yolo.Datasets;

/// <summary>
/// Moves over rows of a labelled set. A row is read once its first column is; where bad ones are to be skipped, when the cursor reaches it.
/// </summary>
/// <param name="view">The set.</param>
/// <param name="active">Indices of the columns asked for.</param>
/// <param name="rows">Rows to visit: number of the block, index in the set.</param>
/// <param name="bad">Takes the rows that cannot be read; null lets their exceptions through.</param>
internal sealed class DetectionDatasetCursor(DetectionDatasetView view, HashSet<int> active, IEnumerable<(long Block, int Index)> rows, BadSamples? bad)
    : DataViewRowCursor
{
    private readonly IEnumerator<(long Block, int Index)> _rows = rows.GetEnumerator();
    private long _position = -1;
    private bool _isOver;
    private DetectionRow? _row;

    /// <summary>Called once the last row is passed.</summary>
    public Action? AtEnd { get; init; }

    public override DataViewSchema Schema => view.Schema;

    public override long Position => _position;

    public override long Batch => _rows.Current.Block;

    public override bool MoveNext()
    {
        while (!_isOver && _rows.MoveNext())
        {
            _row = null;
            if (bad is not null && !TryRead())
                continue;
            _position++;
            return true;
        }

        _position = -1;
        if (!_isOver)
            AtEnd?.Invoke();
        _isOver = true;
        return false;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_rows.Current.Index, 0);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new InvalidOperationException($"The column '{column.Name}' was not asked for when the cursor was opened.");
        Delegate getter = column.Index switch
        {
            0 => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = Row.ImagePath.AsMemory()),
            1 => (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)WriteLabels,
            _ => (ValueGetter<VBuffer<float>>)WriteBoxes,
        };
        return getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"The column '{column.Name}' holds {column.Type.RawType}; {typeof(TValue)} was asked for.");
    }

    private DetectionRow Row => _row ??= view.Dataset.Read(_rows.Current.Index);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _rows.Dispose();
        base.Dispose(disposing);
    }

    private bool TryRead()
    {
        try
        {
            _row = view.Dataset.Read(_rows.Current.Index);
            return true;
        }
        catch (Exception exception) when (BadSamples.IsBadSample(exception))
        {
            bad!.Add(_rows.Current.Index, exception.Message);
            return false;
        }
    }

    private void WriteLabels(ref VBuffer<ReadOnlyMemory<char>> value)
    {
        var editor = VBufferEditor.Create(ref value, Row.Label.Length);
        for (var i = 0; i < Row.Label.Length; i++)
            editor.Values[i] = Row.Label[i].AsMemory();
        value = editor.Commit();
    }

    private void WriteBoxes(ref VBuffer<float> value)
    {
        var numbers = MemoryMarshal.Cast<Box, float>(Row.BoundingBoxes.AsSpan());
        var editor = VBufferEditor.Create(ref value, numbers.Length);
        numbers.CopyTo(editor.Values);
        value = editor.Commit();
    }
}
