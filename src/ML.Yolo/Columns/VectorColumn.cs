using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Columns;

/// <summary>A vector column of a row that moves, read into one buffer over and over.</summary>
internal sealed class VectorColumn<T>(DataViewRow row, DataViewSchema.Column column)
{
    private readonly ValueGetter<VBuffer<T>> _getter = row.GetGetter<VBuffer<T>>(column);
    private VBuffer<T> _value;
    private T[] _dense = [];

    /// <summary>Name of the column.</summary>
    public string Name => column.Name;

    /// <summary>The row's values, valid until the next call.</summary>
    public ReadOnlySpan<T> Read()
    {
        _getter(ref _value);
        if (_value.IsDense)
            return _value.GetValues();
        if (_dense.Length < _value.Length)
            _dense = new T[_value.Length];
        _value.CopyTo(_dense);
        return _dense.AsSpan(0, _value.Length);
    }

    /// <summary>The row's values, as many for each label that was read last; valid until the next call.</summary>
    /// <exception cref="RowProblem">There are more or fewer.</exception>
    public ReadOnlySpan<T> ReadPer(LabelColumn labels, int each)
    {
        var values = Read();
        return values.Length == each * labels.Count ? values : throw RowProblem.Count(values.Length, Name, labels.Count, labels.Name, each);
    }
}
