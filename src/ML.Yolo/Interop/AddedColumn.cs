using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace ML.Yolo.Interop;

/// <summary>
/// One column computed from others, row by row, by ML.NET's own row mapping, which it lets only its own transformers use: cursors in parallel,
/// <c>PredictionEngine</c> and all.
/// </summary>
/// <param name="transformer">Whose column it is.</param>
/// <param name="name">Name of the column.</param>
/// <param name="type">Its type.</param>
/// <param name="inputs">Indices of the columns it needs.</param>
/// <param name="getter">Makes the getter for a row that moves.</param>
internal sealed class AddedColumn(ITransformer transformer, string name, DataViewType type, int[] inputs, Func<DataViewRow, Delegate> getter) : IRowMapper
{
    /// <summary>The rows with the column added.</summary>
    public static IDataView Append(IHostEnvironment environment, IDataView input, Func<DataViewSchema, AddedColumn> column)
        => new RowToRowMapperTransform(environment, input, column(input.Schema), column);

    /// <summary>What adds the column to single rows.</summary>
    public static IRowToRowMapper Mapper(IHostEnvironment environment, DataViewSchema schema, Func<DataViewSchema, AddedColumn> column)
        => new RowToRowMapperTransform(environment, new EmptyDataView(environment, schema), column(schema), column);

    /// <summary>The schema with the column added.</summary>
    public static DataViewSchema OutputSchema(DataViewSchema schema, AddedColumn column) => RowToRowMapperTransform.GetOutputSchema(schema, column);

    public Func<int, bool> GetDependencies(Func<int, bool> activeOutput) => index => activeOutput(0) && inputs.Contains(index);

    public Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action disposer)
    {
        disposer = () => { };
        return [activeOutput(0) ? getter(input) : null!];
    }

    public DataViewSchema.DetachedColumn[] GetOutputColumns() => [new DataViewSchema.DetachedColumn(name, type)];

    public ITransformer GetTransformer() => transformer;

    void ICanSaveModel.Save(ModelSaveContext ctx) => transformer.Save(ctx);
}
