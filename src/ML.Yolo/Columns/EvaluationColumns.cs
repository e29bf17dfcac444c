using Microsoft.ML;

namespace ML.Yolo.Columns;

/// <summary>The columns of scored data, found and checked.</summary>
internal sealed class EvaluationColumns
{
    /// <exception cref="ArgumentOutOfRangeException">A column is absent or of another type; the message names it.</exception>
    public EvaluationColumns(DataViewSchema schema, EvaluationColumnNames names)
    {
        Label = new NamedColumn("label", names.Label, ColumnType.Labels).Find(schema);
        BoundingBoxes = new NamedColumn("bounding box", names.BoundingBoxes, ColumnType.Boxes).Find(schema);
        PredictedLabel = new NamedColumn("predicted label", names.PredictedLabel, ColumnType.Labels).Find(schema);
        PredictedBoundingBoxes = new NamedColumn("predicted bounding box", names.PredictedBoundingBoxes, ColumnType.Boxes).Find(schema);
        Score = new NamedColumn("score", names.Score, ColumnType.Numbers).Find(schema);
        Crowd = Optional("crowd", names.Crowd, ColumnType.Flags);
        Ignored = Optional("ignored object", names.Ignored, ColumnType.Flags);
        Area = Optional("area", names.Area, ColumnType.Numbers);

        DataViewSchema.Column? Optional(string role, string? name, ColumnType type) => name is null ? null : new NamedColumn(role, name, type).Find(schema);
    }

    public DataViewSchema.Column Label { get; }

    public DataViewSchema.Column BoundingBoxes { get; }

    public DataViewSchema.Column PredictedLabel { get; }

    public DataViewSchema.Column PredictedBoundingBoxes { get; }

    public DataViewSchema.Column Score { get; }

    public DataViewSchema.Column? Crowd { get; }

    public DataViewSchema.Column? Ignored { get; }

    public DataViewSchema.Column? Area { get; }

    /// <summary>The columns to ask of a cursor.</summary>
    public IEnumerable<DataViewSchema.Column> Active
    {
        get
        {
            DataViewSchema.Column?[] all = [Label, BoundingBoxes, PredictedLabel, PredictedBoundingBoxes, Score, Crowd, Ignored, Area];
            return all.OfType<DataViewSchema.Column>();
        }
    }
}
