using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Columns;

/// <summary>A vector column of a row that moves, read into one buffer over and over.</summary>
internal sealed class VectorColumn<T>(DataViewRow row, DataViewSchema.Column column)
{
    private readonly ValueGetter<VBuffer<T>> _getter = row.GetGetter<VBuffer<T>>(column);
    private VBuffer<T> _value;
    private T[] _dense = [];

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
}
