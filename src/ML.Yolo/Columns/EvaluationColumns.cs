using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Columns;

/// <summary>The columns of scored data, found and checked.</summary>
internal sealed class EvaluationColumns
{
    private readonly DataViewSchema _schema;

    /// <exception cref="ArgumentException">A column is absent or of another type; the message names it.</exception>
    public EvaluationColumns(DataViewSchema schema, DetectionEvaluationOptions options)
    {
        _schema = schema;
        (Label, PredictedLabel) = (Find(options.LabelColumnName), Find(options.PredictedLabelColumnName));
        (Boxes, PredictedBoxes, Score) = (Floats(options.BoundingBoxColumnName), Floats(options.PredictedBoundingBoxColumnName), Floats(options.ScoreColumnName));
        Area = options.AreaColumnName is { } area ? Floats(area) : null;
        Crowd = options.CrowdColumnName is { } crowd ? Booleans(crowd) : null;
        Ignored = options.IgnoredColumnName is { } ignored ? Booleans(ignored) : null;
    }

    public DataViewSchema.Column Label { get; }

    public DataViewSchema.Column Boxes { get; }

    public DataViewSchema.Column PredictedLabel { get; }

    public DataViewSchema.Column PredictedBoxes { get; }

    public DataViewSchema.Column Score { get; }

    public DataViewSchema.Column? Crowd { get; }

    public DataViewSchema.Column? Ignored { get; }

    public DataViewSchema.Column? Area { get; }

    /// <summary>The columns to ask of a cursor.</summary>
    public IEnumerable<DataViewSchema.Column> Active
        => new DataViewSchema.Column?[] { Label, Boxes, PredictedLabel, PredictedBoxes, Score, Crowd, Ignored, Area }.OfType<DataViewSchema.Column>();

    private DataViewSchema.Column Find(string name) => _schema.GetColumnOrNull(name)
        ?? throw new ArgumentException($"The column '{name}' is not in the data. There are: {string.Join(", ", _schema.Select(column => column.Name))}.");

    private DataViewSchema.Column Floats(string name)
    {
        var column = Find(name);
        return column.Type is VectorDataViewType { ItemType: NumberDataViewType { RawType: var type } } && type == typeof(float)
            ? column
            : throw new ArgumentException($"The column '{name}' is {column.Type}; a vector of Single was expected.");
    }

    private DataViewSchema.Column Booleans(string name)
    {
        var column = Find(name);
        return column.Type is VectorDataViewType { ItemType: BooleanDataViewType }
            ? column
            : throw new ArgumentException($"The column '{name}' is {column.Type}; a vector of Boolean was expected.");
    }
}
