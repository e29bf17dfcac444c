using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Columns;

/// <summary>Names behind a key column: what <c>MapValueToKey</c> saw.</summary>
internal static class KeyNameReader
{
    private const string KeyValues = "KeyValues";

    /// <summary>The names in the order of the keys; the key numbers where the column carries no text.</summary>
    public static string[] Read(DataViewSchema.Column column)
    {
        var count = ((column.Type as VectorDataViewType)?.ItemType ?? column.Type) is KeyDataViewType key ? (int)key.Count : 0;
        if (column.Annotations.Schema.GetColumnOrNull(KeyValues) is { Type: VectorDataViewType { ItemType: TextDataViewType } })
        {
            var names = default(VBuffer<ReadOnlyMemory<char>>);
            column.GetKeyValues(ref names);
            return [.. names.DenseValues().Select(name => name.ToString())];
        }

        return [.. Enumerable.Range(1, count).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture))];
    }
}
