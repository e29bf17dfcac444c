using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Columns;

/// <summary>Reads a column of labels, text or keys, as class indices shared by both sides of an evaluation.</summary>
internal sealed class LabelReader
{
    private readonly Action<List<int>> _read;

    /// <param name="row">The row that moves.</param>
    /// <param name="column">A vector of text, or of keys that carry text.</param>
    /// <param name="classes">Index by name; new names are added.</param>
    /// <exception cref="ArgumentException">The column is neither.</exception>
    public LabelReader(DataViewRow row, DataViewSchema.Column column, Dictionary<string, int> classes)
    {
        var item = (column.Type as VectorDataViewType)?.ItemType;
        _read = item switch
        {
            TextDataViewType => TextReader(row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column), classes),
            KeyDataViewType { RawType: var type } when type == typeof(uint) => KeyReader(row.GetGetter<VBuffer<uint>>(column), KeyNameReader.Read(column), classes),
            _ => throw new ArgumentException($"The column '{column.Name}' is {column.Type}; a vector of text, or of keys, was expected."),
        };
    }

    /// <summary>Replaces the list's content by the row's class indices; −1 is a missing label.</summary>
    public void Read(List<int> labels)
    {
        labels.Clear();
        _read(labels);
    }

    private static Action<List<int>> TextReader(ValueGetter<VBuffer<ReadOnlyMemory<char>>> getter, Dictionary<string, int> classes)
    {
        var value = default(VBuffer<ReadOnlyMemory<char>>);
        var lookup = classes.GetAlternateLookup<ReadOnlySpan<char>>();
        return labels =>
        {
            getter(ref value);
            foreach (var name in value.DenseValues())
            {
                if (!lookup.TryGetValue(name.Span, out var index))
                    classes.Add(name.ToString(), index = classes.Count);
                labels.Add(index);
            }
        };
    }

    private static Action<List<int>> KeyReader(ValueGetter<VBuffer<uint>> getter, string[] names, Dictionary<string, int> classes)
    {
        var indices = new int[names.Length + 1];
        indices[0] = -1;
        for (var key = 1; key < indices.Length; key++)
        {
            if (!classes.TryGetValue(names[key - 1], out indices[key]))
                classes.Add(names[key - 1], indices[key] = classes.Count);
        }

        var value = default(VBuffer<uint>);
        return labels =>
        {
            getter(ref value);
            foreach (var key in value.DenseValues())
                labels.Add(key < indices.Length ? indices[key] : -1);
        };
    }
}
