using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Columns;

namespace ML.Yolo.Datasets;

/// <summary>Reads rows of any view with the columns of the loaders; labels may be text or keys.</summary>
internal static class DetectionRowReader
{
    /// <summary>The rows, streamed.</summary>
    /// <exception cref="ArgumentException">A column is absent or of another type; the message names it.</exception>
    /// <exception cref="FormatException">A row has not four box numbers a label.</exception>
    public static IEnumerable<DetectionRow> Read(IDataView data, string imagePathColumnName, string labelColumnName, string boundingBoxColumnName)
    {
        DataViewSchema.Column[] columns =
        [
            Column(data.Schema, imagePathColumnName, "text", type => type is TextDataViewType),
            Column(data.Schema, labelColumnName, "a vector of text or of keys", type => type is VectorDataViewType { ItemType: TextDataViewType or KeyDataViewType }),
            Column(data.Schema, boundingBoxColumnName, "a vector of Single", type => type is VectorDataViewType { ItemType: NumberDataViewType { RawType: var item } } && item == typeof(float)),
        ];
        return Read(data, columns);
    }

    /// <summary>A row's label names; a missing key is an empty name.</summary>
    public static Func<string[]> LabelGetter(DataViewRow row, DataViewSchema.Column column)
    {
        if (((VectorDataViewType)column.Type).ItemType is TextDataViewType)
        {
            var (texts, textGetter) = (default(VBuffer<ReadOnlyMemory<char>>), row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column));
            return () =>
            {
                textGetter(ref texts);
                return [.. texts.DenseValues().Select(text => text.ToString())];
            };
        }

        var names = KeyNameReader.Read(column);
        var (keys, keyGetter) = (default(VBuffer<uint>), row.GetGetter<VBuffer<uint>>(column));
        return () =>
        {
            keyGetter(ref keys);
            return [.. keys.DenseValues().Select(key => key == 0 || key > names.Length ? "" : names[key - 1])];
        };
    }

    private static IEnumerable<DetectionRow> Read(IDataView data, DataViewSchema.Column[] columns)
    {
        using var cursor = data.GetRowCursor(columns);
        var (path, boxes) = (default(ReadOnlyMemory<char>), default(VBuffer<float>));
        var pathGetter = cursor.GetGetter<ReadOnlyMemory<char>>(columns[0]);
        var labelGetter = LabelGetter(cursor, columns[1]);
        var boxGetter = cursor.GetGetter<VBuffer<float>>(columns[2]);
        while (cursor.MoveNext())
        {
            pathGetter(ref path);
            boxGetter(ref boxes);
            var row = new DetectionRow { ImagePath = path.ToString(), Label = labelGetter(), BoundingBoxes = [.. boxes.DenseValues()] };
            if (row.BoundingBoxes.Length != 4 * row.Label.Length)
                throw new FormatException($"Row {cursor.Position} has {row.BoundingBoxes.Length} numbers in '{columns[2].Name}' and {row.Label.Length} labels in '{columns[1].Name}'; four a label were expected.");
            yield return row;
        }
    }

    private static DataViewSchema.Column Column(DataViewSchema schema, string name, string expected, Func<DataViewType, bool> fits)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            throw new ArgumentException($"The column '{name}' is not in the data; {expected} was expected. There are: {string.Join(", ", schema.Select(other => other.Name))}.");
        return fits(column.Type) ? column : throw new ArgumentException($"The column '{name}' is {column.Type}; {expected} was expected.");
    }
}
