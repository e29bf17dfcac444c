using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Interop;

namespace ML.Yolo.Columns;

/// <summary>A type that a column must have.</summary>
/// <param name="Expected">What messages call it.</param>
/// <param name="Fits">Whether a column has it.</param>
internal sealed record ColumnType(string Expected, Func<SchemaShape.Column, bool> Fits)
{
    /// <summary>One image per row.</summary>
    public static readonly ColumnType Image = new("an image (MLImage)", column => !IsVector(column) && column.ItemType.RawType == typeof(MLImage));

    /// <summary>One text per row.</summary>
    public static readonly ColumnType Text = new("text", column => !IsVector(column) && IsText(column));

    /// <summary>Labels of either kind.</summary>
    public static readonly ColumnType Labels = new("a vector of text or of keys", column => IsVector(column) && (IsText(column) || IsKey(column)));

    /// <summary>Labels whose classes are known by name: keys, or text of a loader.</summary>
    public static readonly ColumnType NamedClasses = new(
        "a column of keys or of a loader's labels", column => column.IsKey || column.Annotations.TryFind(KnownClassNames.Annotation, out _));

    /// <summary>Boxes.</summary>
    public static readonly ColumnType Boxes = new("a vector of Single (four per object)", IsNumbers);

    /// <summary>One number per object.</summary>
    public static readonly ColumnType Numbers = new("a vector of Single (one per object)", IsNumbers);

    /// <summary>One truth value per object.</summary>
    public static readonly ColumnType Flags = new(
        "a vector of Boolean (one per object)", column => IsVector(column) && column.ItemType is BooleanDataViewType);

    /// <summary>What messages call the type that a column has.</summary>
    public static string Describe(SchemaShape.Column column)
    {
        var item = column.IsKey ? $"key ({column.ItemType})" : $"{column.ItemType}";
        return IsVector(column) ? $"a vector of {item}" : $"a single {item}";
    }

    /// <summary>What helps where a column has another type, as a sentence with a space before it; empty where nothing is known.</summary>
    public string Advice(SchemaShape.Column column) => this == Labels && !IsVector(column) && (IsText(column) || IsKey(column))
        ? " It has one label per object: Transforms.Concatenate makes a vector of a single one, Transforms.Text.TokenizeIntoWords of a text of several."
        : "";

    /// <summary>Whether a column of data holds a vector of text.</summary>
    public static bool IsTextVector(DataViewSchema.Column column) => column.Type is VectorDataViewType { ItemType: TextDataViewType };

    private static bool IsVector(SchemaShape.Column column) => column.Kind != SchemaShape.Column.VectorKind.Scalar;

    private static bool IsText(SchemaShape.Column column) => column.ItemType is TextDataViewType;

    // ML.NET has keys of 8, 16 and 64 bits too; MapValueToKey makes those of 32.
    private static bool IsKey(SchemaShape.Column column) => column.IsKey && column.ItemType.RawType == typeof(uint);

    private static bool IsNumbers(SchemaShape.Column column) => IsVector(column) && column.ItemType.RawType == typeof(float);
}
