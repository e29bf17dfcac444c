using System.Text;
using System.Text.Json;
using Microsoft.ML;
using ML.Yolo.Files;
using ML.Yolo.Reports;

namespace ML.Yolo;

/// <summary>Reports of a detector as one page.</summary>
public static class DetectionReport
{
    /// <summary>
    /// Writes <c>report.html</c>: the metrics as tables and curves, how and on what it was trained and how that went, what the network saw first, the
    /// confusion matrix, the labels' statistics, and images with the ground truth beside the predictions. The page holds everything it shows, its images
    /// too, and asks nothing of the network. It adapts to light and dark, small screens and paper. Beside it come <c>metrics.json</c>, where there is a
    /// history <c>results.csv</c>, and in the process that trained the model <c>first-batch.jpg</c>, what the network saw first.
    /// </summary>
    /// <param name="folder">Where the page goes; made if need be.</param>
    /// <param name="metrics">The metrics, of <c>EvaluateDetections</c>.</param>
    /// <param name="history">The training's course; null leaves it out.</param>
    /// <param name="images">Scored rows, best those that were measured, with their images: read once, one by one, and only those shown are kept. Null
    /// leaves out the galleries and the labels' statistics.</param>
    /// <param name="options">Heading, columns and thresholds; null takes the defaults.</param>
    /// <returns>The page's path.</returns>
    /// <exception cref="ArgumentException">A column is absent or of another type, or an option is out of range; the message names it.</exception>
    /// <exception cref="FormatException">
    /// A row's labels and numbers do not fit together, a box is not finite or inverted, or an image cannot be read; the message names row and columns.
    /// </exception>
    /// <exception cref="IOException">The page cannot be written; the message names it.</exception>
    public static string Write(
        string folder, DetectionMetrics metrics, TrainingHistory? history = null, IDataView? images = null, DetectionReportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(metrics);
        options ??= new DetectionReportOptions();
        options.Check();
        var shown = images is null ? null : ReportImages.Read(images, metrics, options);
        var page = new ReportPage(options.Title, metrics, history, shown, options.Model);
        var html = page.ToHtml();
        folder = Path.GetFullPath(folder);
        AtomicFile.Write(Path.Combine(folder, "metrics.json"), stream => JsonSerializer.Serialize(stream, metrics));
        if (history is { Epochs.Count: > 0 })
            history.WriteCsv(Path.Combine(folder, "results.csv"));
        if (options.Model is { Insight.FirstBatch: { } batch, ClassNames: var classNames })
            AtomicFile.Write(Path.Combine(folder, "first-batch.jpg"), stream => SeenBatch.Write(stream, batch, classNames));
        if (options.PlotsAsPng)
            WritePlots(Path.Combine(folder, "plots"), page.Plots);
        var path = Path.Combine(folder, "report.html");
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(html)));
        return path;
    }

    private static void WritePlots(string folder, IReadOnlyList<Plot> plots)
    {
        for (var i = 0; i < plots.Count; i++)
        {
            var name = string.Concat(plots[i].Title.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')).Trim('-');
            var path = Path.Combine(folder, FormattableString.Invariant($"{i + 1:D2}-{name}.png"));
            AtomicFile.Write(path, stream => stream.Write(plots[i].ToPng()));
        }
    }
}
