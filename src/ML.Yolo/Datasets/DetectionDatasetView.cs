using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using ML.Yolo.Columns;

namespace ML.Yolo.Datasets;

/// <summary>
/// A labelled set as rows: ImagePath, Label, BoundingBoxes. Labels are read while rows are, in parallel where several cursors are asked for.
/// </summary>
internal sealed class DetectionDatasetView : IDataView
{
    private const int RowsPerBlock = 32;

    private readonly IHostEnvironment _environment;
    private readonly BadSamples? _bad;
    private bool _isReported;

    /// <param name="environment">Is told of samples left out, and of what was guessed or passed over.</param>
    /// <param name="dataset">The set.</param>
    /// <param name="handling">What to do where a row cannot be read.</param>
    /// <exception cref="DatasetFormatException">The set has labels of no image, which are not to be skipped.</exception>
    public DetectionDatasetView(IHostEnvironment environment, DetectionDataset dataset, BadSampleHandling handling)
    {
        (_environment, Dataset) = (environment, dataset);
        _bad = handling == BadSampleHandling.Skip ? new BadSamples() : null;
        NoteFaults();
        Schema = CreateSchema();
        SayRemarks();
    }

    /// <summary>The set.</summary>
    public DetectionDataset Dataset { get; }

    public bool CanShuffle => true;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => _bad is null ? Dataset.Count : null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        => CreateCursors(columnsNeeded, 1, rand)[0];

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => CreateCursors(columnsNeeded, Math.Clamp(n, 1, Math.Max((Dataset.Count + RowsPerBlock - 1) / RowsPerBlock, 1)), rand);

    private void NoteFaults()
    {
        var faults = Dataset.Faults;
        if (faults.Count > 0 && _bad is null)
            throw faults[0].ToException();
        for (var i = 0; i < faults.Count; i++)
            _bad!.Add(faults[i].Image < 0 ? i - faults.Count : faults[i].Image, faults[i].ToException().Message);
    }

    private DetectionDatasetCursor[] CreateCursors(IEnumerable<DataViewSchema.Column> columnsNeeded, int count, Random? random)
    {
        var order = random is null ? null : Enumerable.Range(0, Dataset.Count).ToArray();
        random?.Shuffle(order!);
        var active = columnsNeeded.Select(column => column.Index).ToHashSet();
        var unfinished = count;
        return [.. Enumerable.Range(0, count).Select(part => new DetectionDatasetCursor(this, active, Rows(part, count, order), _bad)
        {
            AtEnd = () =>
            {
                if (Interlocked.Decrement(ref unfinished) > 0)
                    return;
                ReportBadSamples();
                SayRemarks();
            },
        })];
    }

    /// <summary>Every <paramref name="parts"/>th block of rows: number of the block, and index in the set.</summary>
    private IEnumerable<(long Block, int Index)> Rows(int part, int parts, int[]? order)
    {
        for (var block = part; (long)block * RowsPerBlock < Dataset.Count; block += parts)
        {
            for (var row = block * RowsPerBlock; row < Math.Min((block + 1) * RowsPerBlock, Dataset.Count); row++)
                yield return (block, order is null ? row : order[row]);
        }
    }

    private void ReportBadSamples()
    {
        if (_bad is not { Count: > 0 } || Interlocked.Exchange(ref _isReported, true))
            return;
        using var channel = _environment.Start(nameof(DetectionDatasetView));
        channel.Warning(MessageSensitivity.Unknown, _bad.Report($"{Dataset.Count} in '{Dataset.Name}'"));
    }

    private void SayRemarks()
    {
        var remarks = Dataset.Remarks.TakeNew();
        if (remarks.Count == 0)
            return;
        using var channel = _environment.Start(nameof(DetectionDatasetView));
        foreach (var remark in remarks)
            channel.Warning(MessageSensitivity.Unknown, $"'{Dataset.Name}': {remark}");
    }

    private DataViewSchema CreateSchema()
    {
        var paths = new DataViewSchema.Annotations.Builder();
        Dataset.Remarks.AddTo(paths);
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(KnownClassNames.Annotation, new VectorDataViewType(TextDataViewType.Instance), (ref VBuffer<ReadOnlyMemory<char>> names)
            => names = new(Dataset.ClassNames.Count, [.. Dataset.ClassNames.Select(name => name.AsMemory())]));
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(nameof(DetectionRow.ImagePath), TextDataViewType.Instance, paths.ToAnnotations());
        schema.AddColumn(nameof(DetectionRow.Label), new VectorDataViewType(TextDataViewType.Instance), annotations.ToAnnotations());
        schema.AddColumn(nameof(DetectionRow.BoundingBoxes), new VectorDataViewType(NumberDataViewType.Single));
        return schema.ToSchema();
    }
}
