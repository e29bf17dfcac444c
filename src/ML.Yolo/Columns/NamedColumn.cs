using Microsoft.ML;
using ML.Yolo.Interop;

namespace ML.Yolo.Columns;

/// <summary>
/// A column that data must have. Every column is looked for here, so that one text says what is wrong: name, expected, found, the columns there are.
/// </summary>
/// <param name="Role">What it is for, as in "the label column".</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
internal sealed record NamedColumn(string Role, string Name, ColumnType Type)
{
    /// <summary>The column of the data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is absent or of another type.</exception>
    public DataViewSchema.Column Find(DataViewSchema schema)
    {
        Check(SchemaColumn.ShapeOf(schema));
        return schema[Name];
    }

    /// <summary>The column of the data; null where it is absent or of another type.</summary>
    public DataViewSchema.Column? FindOrNull(DataViewSchema schema)
        => SchemaColumn.ShapeOf(schema).TryFind(Name, out var column) && Type.Fits(column) ? schema[Name] : null;

    /// <summary>Throws unless the column is there and of its type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is absent or of another type.</exception>
    public void Check(SchemaShape schema)
    {
        if (!schema.TryFind(Name, out var column))
        {
            var names = string.Join(", ", schema.Select(other => other.Name));
            throw new ArgumentOutOfRangeException(
                nameof(schema), $"The {Role} column '{Name}' is not in the data; {Type.Expected} was expected. There are: {names}.");
        }

        if (!Type.Fits(column))
        {
            throw new ArgumentOutOfRangeException(
                nameof(schema), $"The {Role} column '{Name}' is {ColumnType.Describe(column)}; {Type.Expected} was expected.{Type.Advice(column)}");
        }
    }
}
