using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Columns;

/// <summary>Labels of a row that moves, text or keys, as class indices. Both sides of an evaluation share them by name.</summary>
internal sealed class LabelColumn
{
    private const int Missing = -1;

    private readonly ClassTable _classes;
    private readonly VectorColumn<ReadOnlyMemory<char>>? _texts;
    private readonly VectorColumn<uint>? _keys;
    private readonly int[] _classOfKey;
    private int[] _labels = [];

    /// <param name="row">Active in the column; the caller moves it.</param>
    /// <param name="column">A column of type <see cref="ColumnType.Labels"/>.</param>
    /// <param name="classes">The classes; names of keys get their indices at once, those of text as they are met.</param>
    public LabelColumn(DataViewRow row, DataViewSchema.Column column, ClassTable classes)
    {
        (Name, _classes) = (column.Name, classes);
        if (column.Type is VectorDataViewType { ItemType: TextDataViewType })
            _texts = new VectorColumn<ReadOnlyMemory<char>>(row, column);
        else
            _keys = new VectorColumn<uint>(row, column);
        _classOfKey = _keys is null ? [] : [Missing, .. KeyNames.Read(column).Select(name => classes.IndexOf(name))];
    }

    /// <summary>Name of the column.</summary>
    public string Name { get; }

    /// <summary>Labels of the row read last.</summary>
    public int Count { get; private set; }

    /// <summary>The row's class indices, valid until the next call; −1 is a missing label, or one of a class that the table does not have.</summary>
    public ReadOnlySpan<int> Read() => _texts is null ? ReadKeys(_keys!.Read()) : ReadTexts(_texts.Read());

    private ReadOnlySpan<int> ReadTexts(ReadOnlySpan<ReadOnlyMemory<char>> texts)
    {
        var labels = Buffer(texts.Length);
        for (var i = 0; i < labels.Length; i++)
            labels[i] = _classes.IndexOf(texts[i].Span);
        return labels;
    }

    private ReadOnlySpan<int> ReadKeys(ReadOnlySpan<uint> keys)
    {
        var labels = Buffer(keys.Length);
        for (var i = 0; i < labels.Length; i++)
            labels[i] = keys[i] < _classOfKey.Length ? _classOfKey[keys[i]] : Missing;
        return labels;
    }

    private Span<int> Buffer(int count)
    {
        Count = count;
        if (_labels.Length < count)
            _labels = new int[Math.Max(count, 2 * _labels.Length)];
        return _labels.AsSpan(0, count);
    }
}
