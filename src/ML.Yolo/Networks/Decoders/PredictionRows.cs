using System.Runtime.InteropServices;

namespace ML.Yolo.Networks;

/// <summary>Predictions of one image on plain memory, for engines without tensors: four box numbers and C scores per row.</summary>
/// <param name="classCount">Number of classes, C.</param>
internal sealed class PredictionRows(int classCount)
{
    /// <summary>Numbers of a box: centre x, centre y, width, height in pixels.</summary>
    public const int BoxNumbers = 4;

    private readonly List<float> _values = [];
    private readonly List<int> _indices = [];

    /// <summary>Number of classes, C.</summary>
    public int ClassCount => classCount;

    /// <summary>Rows so far.</summary>
    public int Count => _indices.Count;

    private int RowLength => BoxNumbers + classCount;

    /// <summary>Box of a row, then its scores.</summary>
    public ReadOnlySpan<float> this[int row] => CollectionsMarshal.AsSpan(_values).Slice(row * RowLength, RowLength);

    /// <summary>Which of all predictions of the network a row is.</summary>
    public int IndexOf(int row) => _indices[row];

    /// <summary>A new row, to be written at once.</summary>
    /// <param name="index">Which of all predictions of the network it is.</param>
    public Span<float> Add(int index)
    {
        _indices.Add(index);
        CollectionsMarshal.SetCount(_values, Count * RowLength);
        return CollectionsMarshal.AsSpan(_values)[^RowLength..];
    }

    /// <summary>Forgets the rows and keeps the memory.</summary>
    public void Clear()
    {
        _values.Clear();
        _indices.Clear();
    }
}
