using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using ML.Yolo.Interop;

namespace ML.Yolo.Columns;

/// <summary>The columns of the trainer and its transformer: what they must be in the input, and what they are in the output.</summary>
internal sealed class DetectionColumns(DetectionColumnNames names)
{
    /// <summary>Throws unless the image column is there and holds images.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the column, what was expected and what was found.</exception>
    public void CheckImage(SchemaShape schema)
        => Check(schema, names.Image, "image", "an image (MLImage)",
            column => column.Kind == SchemaShape.Column.VectorKind.Scalar && column.ItemType is ImageDataViewType);

    /// <summary>Throws unless image, labels and boxes are there and of the right types.</summary>
    /// <inheritdoc cref="CheckImage"/>
    public void CheckTrainingInput(SchemaShape schema)
    {
        CheckImage(schema);
        Check(schema, names.Label, "label", "a vector of keys (use MapValueToKey)",
            column => column.Kind != SchemaShape.Column.VectorKind.Scalar && column.IsKey);
        Check(schema, names.BoundingBoxes, "bounding box", "a vector of Single, four an object",
            column => column.Kind != SchemaShape.Column.VectorKind.Scalar && column.ItemType == NumberDataViewType.Single);
    }

    /// <summary>The shape of the input plus the three predicted columns.</summary>
    public SchemaShape Output(SchemaShape input)
    {
        var columns = input.ToDictionary(column => column.Name);
        columns[names.PredictedLabel] = SchemaColumn.VariableKeyVector(names.PredictedLabel);
        columns[names.PredictedBoundingBoxes] = SchemaColumn.VariableVector(names.PredictedBoundingBoxes, NumberDataViewType.Single);
        columns[names.Score] = SchemaColumn.VariableVector(names.Score, NumberDataViewType.Single);
        return new SchemaShape(columns.Values);
    }

    /// <summary>The input's columns followed by the three predicted ones.</summary>
    public DataViewSchema Output(DataViewSchema input, IReadOnlyList<string> classNames)
    {
        var keyValues = classNames.Select(name => name.AsMemory()).ToArray();
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add("KeyValues", new VectorDataViewType(TextDataViewType.Instance, keyValues.Length),
            (ref VBuffer<ReadOnlyMemory<char>> value) => value = new VBuffer<ReadOnlyMemory<char>>(keyValues.Length, keyValues));

        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        builder.AddColumn(names.PredictedLabel, new VectorDataViewType(new KeyDataViewType(typeof(uint), keyValues.Length)), annotations.ToAnnotations());
        builder.AddColumn(names.PredictedBoundingBoxes, new VectorDataViewType(NumberDataViewType.Single));
        builder.AddColumn(names.Score, new VectorDataViewType(NumberDataViewType.Single));
        return builder.ToSchema();
    }

    private static void Check(SchemaShape schema, string name, string role, string expected, Func<SchemaShape.Column, bool> fits)
    {
        if (!schema.TryFindColumn(name, out var column))
            throw new ArgumentOutOfRangeException(nameof(schema), $"The {role} column '{name}' is not in the data; {expected} was expected. There are: {string.Join(", ", schema.Select(other => other.Name))}.");
        if (!fits(column))
            throw new ArgumentOutOfRangeException(nameof(schema), $"The {role} column '{name}' is {Describe(column)}; {expected} was expected.");
    }

    private static string Describe(SchemaShape.Column column)
    {
        var item = column.IsKey ? $"key ({column.ItemType})" : $"{column.ItemType}";
        return column.Kind switch
        {
            SchemaShape.Column.VectorKind.Scalar => $"a single {item}",
            SchemaShape.Column.VectorKind.Vector => $"a vector of {item}, of fixed length",
            _ => $"a vector of {item}",
        };
    }
}
