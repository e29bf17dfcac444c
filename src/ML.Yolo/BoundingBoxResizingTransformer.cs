using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using ML.Yolo.Columns;
using ML.Yolo.Imaging;
using ML.Yolo.Interop;

namespace ML.Yolo;

/// <summary>
/// Boxes in pixels of the resized image, from boxes in pixels of the image before. Saved in and loaded from ML.NET model zips like any transformer.
/// </summary>
/// <remarks>
/// A row whose boxes are not four finite numbers per object, left before right and top before bottom, or that lacks an image throws a
/// <see cref="FormatException"/> that names row and column when it is read.
/// </remarks>
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
        var (boxes, source, resized) = (Columns.Boxes.Find(schema), Columns.SourceImage.Find(schema), Columns.ResizedImage.Find(schema));
        var type = new VectorDataViewType(NumberDataViewType.Single);
        return new AddedColumn(this, Columns.OutputColumnName, type, [boxes.Index, source.Index, resized.Index], row => Getter(row, boxes, source, resized));
    }

    private ValueGetter<VBuffer<float>> Getter(DataViewRow row, DataViewSchema.Column boxes, DataViewSchema.Column source, DataViewSchema.Column resized)
    {
        var (boxColumn, sourceColumn, resizedColumn) = (new BoxColumn(row, boxes), new ImageColumn(row, source), new ImageColumn(row, resized));
        return (ref VBuffer<float> value) =>
        {
            try
            {
                var before = sourceColumn.Read();
                var (width, height) = (before.Width, before.Height);
                var after = resizedColumn.Read();
                Write(boxColumn.Read(), BoxResizing.Between(width, height, after.Width, after.Height, Columns.Resizing, Columns.CropAnchor), ref value);
            }
            catch (RowProblem problem)
            {
                throw problem.At(row.Position);
            }
        };
    }

    private static void Write(ReadOnlySpan<Box> boxes, BoxResizing resizing, ref VBuffer<float> value)
    {
        var editor = VBufferEditor.Create(ref value, 4 * boxes.Length);
        var resized = MemoryMarshal.Cast<float, Box>(editor.Values);
        for (var i = 0; i < boxes.Length; i++)
            resized[i] = resizing.Apply(boxes[i]);
        value = editor.Commit();
    }
}
