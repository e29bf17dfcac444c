using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using ML.Yolo.Interop;

namespace ML.Yolo;

/// <summary>Moves boxes as <c>ResizeImages</c> moves pixels.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Column</term><description>Type</description></listheader>
/// <item>
/// <term>Boxes (input)</term>
/// <description>Vector of <see cref="float"/>, four per object: x0, y0, x1, y1 in pixels of the source image.</description>
/// </item>
/// <item><term>Source image, resized image (input)</term><description><c>MLImage</c>; only their sizes count.</description></item>
/// <item>
/// <term>Boxes (output)</term>
/// <description>
/// Variable vector of <see cref="float"/>, as many, in pixels of the resized image and clipped to it: an object that is cropped away keeps a box without area.
/// </description>
/// </item>
/// </list>
/// <para>
/// The estimator does not look at the data. It cannot be exported to ONNX. The trainer letterboxes by itself: this is for pipelines that resize all the same.
/// </para>
/// </remarks>
public sealed class BoundingBoxResizingEstimator : IEstimator<BoundingBoxResizingTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly BoxResizingColumns _columns;

    internal BoundingBoxResizingEstimator(IHostEnvironment environment, BoxResizingColumns columns)
    {
        columns.Check();
        (_environment, _columns) = (environment, columns);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is absent or of another type; the message names it.</exception>
    public BoundingBoxResizingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var transformer = new BoundingBoxResizingTransformer(_environment, _columns);
        transformer.GetOutputSchema(input.Schema);
        return transformer;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is absent or of another type; the message names it.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        foreach (var column in new[] { _columns.Boxes, _columns.SourceImage, _columns.ResizedImage })
            column.Check(inputSchema);
        var added = SchemaColumn.VariableVector(_columns.OutputColumnName, NumberDataViewType.Single);
        return new SchemaShape(inputSchema.Where(column => column.Name != _columns.OutputColumnName).Append(added));
    }
}
