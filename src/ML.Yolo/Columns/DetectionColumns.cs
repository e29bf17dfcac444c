using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Interop;

namespace ML.Yolo.Columns;

/// <summary>The columns of the trainer and its transformer: what they must be in the input, and what they are in the output.</summary>
internal sealed class DetectionColumns(DetectionColumnNames names)
{
    /// <summary>Images.</summary>
    public NamedColumn Image { get; } = new("image", names.Image, ColumnType.Image);

    /// <summary>True labels.</summary>
    public NamedColumn Label { get; } = new("label", names.Label, ColumnType.Labels);

    /// <summary>True boxes.</summary>
    public NamedColumn BoundingBoxes { get; } = new("bounding box", names.BoundingBoxes, ColumnType.Boxes);

    /// <summary>Throws unless the image column is there and holds images.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the column, what was expected and what was found.</exception>
    public void CheckImage(SchemaShape schema) => Image.Check(schema);

    /// <summary>Throws unless images, labels and boxes are there and of the right types.</summary>
    /// <inheritdoc cref="CheckImage"/>
    public void CheckTrainingInput(SchemaShape schema)
    {
        Image.Check(schema);
        Label.Check(schema);
        BoundingBoxes.Check(schema);
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
        annotations.Add(KeyNames.Annotation, new VectorDataViewType(TextDataViewType.Instance, keyValues.Length),
            (ref VBuffer<ReadOnlyMemory<char>> value) => value = new VBuffer<ReadOnlyMemory<char>>(keyValues.Length, keyValues));

        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        builder.AddColumn(names.PredictedLabel, new VectorDataViewType(new KeyDataViewType(typeof(uint), keyValues.Length)), annotations.ToAnnotations());
        builder.AddColumn(names.PredictedBoundingBoxes, new VectorDataViewType(NumberDataViewType.Single));
        builder.AddColumn(names.Score, new VectorDataViewType(NumberDataViewType.Single));
        return builder.ToSchema();
    }
}
