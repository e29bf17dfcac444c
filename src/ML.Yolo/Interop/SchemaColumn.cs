using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Interop;

/// <summary>Columns of a <see cref="SchemaShape"/>, which ML.NET lets only its own estimators make.</summary>
internal static class SchemaColumn
{
    /// <summary>A variable vector of numbers.</summary>
    public static SchemaShape.Column VariableVector(string name, NumberDataViewType itemType)
        => new(name, SchemaShape.Column.VectorKind.VariableVector, itemType, isKey: false);

    /// <summary>A variable vector of keys that carry their text values as an annotation.</summary>
    public static SchemaShape.Column VariableKeyVector(string name)
    {
        var keyValues = new SchemaShape.Column("KeyValues", SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, isKey: false);
        return new(name, SchemaShape.Column.VectorKind.VariableVector, NumberDataViewType.UInt32, isKey: true, new SchemaShape([keyValues]));
    }

    /// <summary>Finds a column by its name.</summary>
    public static bool TryFind(this SchemaShape shape, string name, out SchemaShape.Column column) => shape.TryFindColumn(name, out column);

    /// <summary>The shape of a schema whose types are known.</summary>
    public static SchemaShape ShapeOf(DataViewSchema schema) => SchemaShape.Create(schema);
}
