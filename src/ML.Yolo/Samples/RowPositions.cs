using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Samples;

/// <summary>The position of each row among all, by its id: the same in every process, however many cursors share the rows.</summary>
internal sealed class RowPositions
{
    private readonly Dictionary<UInt128, long> _positions = [];

    private RowPositions()
    {
    }

    /// <summary>The position of a row.</summary>
    public long this[DataViewRowId id] => _positions[Key(id)];

    /// <summary>Goes through the rows once, without reading any column.</summary>
    /// <exception cref="InvalidOperationException">Two rows have one id.</exception>
    public static RowPositions Of(IDataView data)
    {
        var rows = new RowPositions();
        using var cursor = data.GetRowCursor([]);
        var getter = cursor.GetIdGetter();
        var id = default(DataViewRowId);
        while (cursor.MoveNext())
        {
            getter(ref id);
            if (!rows._positions.TryAdd(Key(id), cursor.Position))
            {
                throw new InvalidOperationException(FormattableString.Invariant(
                    $"Rows {rows._positions[Key(id)]} and {cursor.Position} of the data have one id, {id}: processes cannot share the rows. ")
                    + "Each row of a data view must have an id of its own.");
            }
        }

        return rows;
    }

    private static UInt128 Key(DataViewRowId id) => new(id.High, id.Low);
}
