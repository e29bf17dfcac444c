using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Columns;

namespace ML.Yolo.Reports;

/// <summary>What a report shows of the images: read row by row, of which a few are kept.</summary>
internal sealed class ReportImages
{
    private readonly DetectionReportOptions _options;
    private readonly double _scoreThreshold;

    private ReportImages(DetectionMetrics metrics, DetectionReportOptions options)
    {
        _options = options;
        _scoreThreshold = options.ScoreThreshold ?? Recommended(metrics, options.Model);
        Statistics = LabelStatistics.OfMeasured(options.Model);
        Galleries =
        [
            new("Best images", verdict => verdict.Errors == 0 && verdict.Right > 0 ? (verdict.Right, Confidence(verdict)) : null, options.GallerySize),
            new("Worst images", verdict => verdict.Errors > 0 ? (verdict.Errors, -verdict.F1) : null, options.GallerySize),
            new("Most confused images", verdict => verdict.Confused > 0 ? (verdict.Confused, -verdict.F1) : null, options.GallerySize),
        ];
    }

    public double ScoreThreshold => _scoreThreshold;

    public double IouThreshold => _options.IouThreshold;

    public LabelStatistics Statistics { get; }

    public IReadOnlyList<Gallery> Galleries { get; }

    public static ReportImages Read(IDataView data, DetectionMetrics metrics, DetectionReportOptions options)
    {
        var result = new ReportImages(metrics, options);
        var columns = new EvaluationColumns(data.Schema, options.Columns.ColumnNames);
        var imageColumn = new NamedColumn("image", options.ImageColumnName, ColumnType.Image).FindOrNull(data.Schema);
        var nameColumn = new NamedColumn("image name", options.ImageNameColumnName, ColumnType.Text).FindOrNull(data.Schema);
        using var cursor = data.GetRowCursor(columns.Active.Concat(new[] { imageColumn, nameColumn }.OfType<DataViewSchema.Column>()));
        result.Read(cursor, new ScoredRowReader(cursor, columns), imageColumn, nameColumn);
        return result;
    }

    private static double Recommended(DetectionMetrics metrics, YoloTransformer? model)
        => ReportCards.Recommended(metrics, model).Threshold is var threshold && !double.IsNaN(threshold) ? threshold : metrics.ConfusionMatrix.ScoreThreshold;

    private static double Confidence(ImageVerdict verdict) => verdict.Detections.Average(detection => detection.Score);

    private static MLImage? ReadImage(ImageColumn? images, DataViewRowCursor cursor)
    {
        try
        {
            return images?.ReadOrNull();
        }
        catch (RowProblem problem)
        {
            throw problem.At(cursor.Position);
        }
    }

    private void Read(DataViewRowCursor cursor, ScoredRowReader rows, DataViewSchema.Column? imageColumn, DataViewSchema.Column? nameColumn)
    {
        var images = imageColumn is { } column ? new ImageColumn(cursor, column) : null;
        var nameGetter = nameColumn is { } text ? cursor.GetGetter<ReadOnlyMemory<char>>(text) : null;
        var name = default(ReadOnlyMemory<char>);
        while (cursor.MoveNext())
        {
            rows.Read();
            var image = ReadImage(images, cursor);
            nameGetter?.Invoke(ref name);
            Statistics.Add(rows.Objects, image is null ? null : (image.Width, image.Height));
            if (image is null)
                continue;
            var verdict = ImageVerdict.Of(rows.Objects, rows.Detections, _scoreThreshold, _options.IouThreshold);
            var shownName = name.IsEmpty ? $"row {cursor.Position}" : Path.GetFileName(name.ToString());
            GalleryImage? drawn = null;
            foreach (var gallery in Galleries)
                gallery.Offer(verdict, () => drawn ??= GalleryPainter.Paint(image, shownName, verdict, rows.ClassNames));
        }
    }
}
