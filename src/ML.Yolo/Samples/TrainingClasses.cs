using Microsoft.ML;
using ML.Yolo.Columns;

namespace ML.Yolo.Samples;

/// <summary>The classes that a network learns, in their order.</summary>
internal static class TrainingClasses
{
    /// <summary>
    /// Those that the label column knows: all of a loader's set in its order, or the values of keys. Of text that nobody listed, the words that occur, in
    /// alphabetical order (ordinal).
    /// </summary>
    /// <param name="data">Rows with a label column.</param>
    /// <param name="columns">Names the columns.</param>
    /// <param name="cancel">Throws where reading is to stop.</param>
    /// <exception cref="InvalidOperationException">There is no class.</exception>
    public static IReadOnlyList<string> Of(IDataView data, DetectionColumnNames columns, Action cancel)
    {
        var column = new DetectionColumns(columns).Label.Find(data.Schema);
        var known = KnownClassNames.Of(column);
        var names = known.Length > 0 || !ColumnType.IsTextVector(column) ? known : Occurring(data, column, cancel);
        return names.Length > 0
            ? names
            : throw new InvalidOperationException($"The label column '{columns.Label}' names no class: there is nothing to learn.");
    }

    private static string[] Occurring(IDataView data, DataViewSchema.Column column, Action cancel)
    {
        var classes = new ClassTable([]) { TakesNewNames = true };
        using var cursor = data.GetRowCursor([column]);
        var labels = new LabelColumn(cursor, column, classes);
        while (cursor.MoveNext())
        {
            cancel();
            labels.Read();
        }

        return [.. classes.Names.Where(name => !string.IsNullOrWhiteSpace(name)).Order(StringComparer.Ordinal)];
    }
}
