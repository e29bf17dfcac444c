using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using ML.Yolo.Imaging;
using ML.Yolo.Interop;

namespace ML.Yolo;

/// <summary>
/// Boxes in pixels of the resized image, from boxes in pixels of the image before. Saved in and loaded from ML.NET model zips like any transformer.
/// </summary>
public sealed class BoundingBoxResizingTransformer : ITransformer
{
    private readonly IHostEnvironment _environment;

    internal BoundingBoxResizingTransformer(IHostEnvironment environment, BoxResizingColumns columns)
        => (_environment, Columns) = (environment, columns);

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    /// <summary>Columns and kind of resizing.</summary>
    internal BoxResizingColumns Columns { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is absent or of another type; the message names it.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return AddedColumn.OutputSchema(inputSchema, Column(inputSchema));
    }

    /// <inheritdoc/>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return AddedColumn.Append(_environment, input, Column);
    }

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => AddedColumn.Mapper(_environment, inputSchema, Column);

    /// <inheritdoc/>
    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        BoundingBoxResizingSource.Save(ctx, Columns);
    }

    private AddedColumn Column(DataViewSchema schema)
    {
        var boxes = Find(schema, Columns.InputColumnName, "a vector of Single", IsVectorOfSingle);
        var source = Find(schema, Columns.SourceImageColumnName, "an image (MLImage)", type => type.RawType == typeof(MLImage));
        var resized = Find(schema, Columns.ResizedImageColumnName, "an image (MLImage)", type => type.RawType == typeof(MLImage));
        var type = new VectorDataViewType(NumberDataViewType.Single);
        int[] inputs = [boxes.Index, source.Index, resized.Index];
        return new AddedColumn(this, Columns.OutputColumnName, type, inputs, row => Getter(row, boxes, source, resized));
    }

    private ValueGetter<VBuffer<float>> Getter(DataViewRow row, DataViewSchema.Column boxes, DataViewSchema.Column source, DataViewSchema.Column resized)
    {
        var boxGetter = row.GetGetter<VBuffer<float>>(boxes);
        var (sourceGetter, resizedGetter) = (row.GetGetter<MLImage>(source), row.GetGetter<MLImage>(resized));
        MLImage? before = null, after = null;                                             // never disposed here: they may be the caller's own
        var input = default(VBuffer<float>);
        return (ref VBuffer<float> value) =>
        {
            boxGetter(ref input);
            sourceGetter(ref before!);
            var (width, height) = Size(before, source, row.Position);
            resizedGetter(ref after!);
            var (newWidth, newHeight) = Size(after, resized, row.Position);
            if (input.Length % 4 != 0)
                throw new FormatException($"Row {row.Position} has {input.Length} numbers in '{boxes.Name}'; four per object were expected.");
            Write(input, BoxResizing.Between(width, height, newWidth, newHeight, Columns.Resizing, Columns.CropAnchor), ref value);
        };
    }

    private static void Write(in VBuffer<float> input, BoxResizing resizing, ref VBuffer<float> value)
    {
        var editor = VBufferEditor.Create(ref value, input.Length);
        for (var i = 0; i < input.Length; i += 4)
        {
            var (x0, y0, x1, y1) = (input.GetItemOrDefault(i), input.GetItemOrDefault(i + 1), input.GetItemOrDefault(i + 2), input.GetItemOrDefault(i + 3));
            var box = resizing.Apply(new Box(x0, y0, x1, y1));
            (editor.Values[i], editor.Values[i + 1], editor.Values[i + 2], editor.Values[i + 3]) = (box.X0, box.Y0, box.X1, box.Y1);
        }

        value = editor.Commit();
    }

    private static (int Width, int Height) Size(MLImage? image, DataViewSchema.Column column, long row)
        => image is null ? throw new FormatException($"Row {row} has no image in column '{column.Name}'.") : (image.Width, image.Height);

    private static bool IsVectorOfSingle(DataViewType type)
        => type is VectorDataViewType { ItemType: NumberDataViewType { RawType: var item } } && item == typeof(float);

    private static DataViewSchema.Column Find(DataViewSchema schema, string name, string expected, Func<DataViewType, bool> fits)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
        {
            var present = string.Join(", ", schema.Select(other => other.Name));
            throw new ArgumentOutOfRangeException(nameof(schema), $"The column '{name}' is not in the data; {expected} was expected. There are: {present}.");
        }

        if (!fits(column.Type))
            throw new ArgumentOutOfRangeException(nameof(schema), $"The column '{name}' is {column.Type}; {expected} was expected.");
        return column;
    }
}
