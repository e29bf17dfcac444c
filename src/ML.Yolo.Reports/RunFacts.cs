using System.Globalization;
using System.Net;
using System.Text;

namespace ML.Yolo.Reports;

/// <summary>When, where, how and on what a detector was trained, as a table of two columns.</summary>
internal static class RunFacts
{
    /// <param name="history">The course of the training; null where it is not known.</param>
    /// <param name="model">The model that was measured; null where it is not known.</param>
    public static string ToHtml(TrainingHistory? history, YoloTransformer? model)
    {
        var rows = new StringBuilder();
        foreach (var (name, value) in OfHistory(history, model).Concat(OfModel(model)).Concat(OfRun(history?.Run)))
            rows.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{name}</th><td>{WebUtility.HtmlEncode(value)}</td></tr>\n");
        return rows.Length == 0 ? "" : $"<table id=\"facts\" class=\"facts\"><tbody>\n{rows}</tbody></table>\n";
    }

    private static IEnumerable<(string Name, string Value)> OfHistory(TrainingHistory? history, YoloTransformer? model)
    {
        if (history?.Run is { } run)
            yield return ("date", run.StartedAt.ToString("yyyy-MM-dd HH:mm 'UTC'zzz", CultureInfo.InvariantCulture));
        if (history is not { Epochs: [.., var last] })
            yield break;
        var hours = (long)last.Elapsed.TotalHours;
        yield return ("duration", FormattableString.Invariant($"{hours}:{last.Elapsed:mm\\:ss} (h:mm:ss), validation included"));
        var planned = model?.Options.MaxEpoch is { } count && count > last.Epoch ? FormattableString.Invariant($" of {count} planned") : "";
        var best = history.BestEpoch is { } epoch
            ? FormattableString.Invariant($"; the weights kept are of epoch {epoch}")
            : "; the weights kept are the last";
        yield return ("epochs", FormattableString.Invariant($"{last.Epoch}{planned}{best}"));
    }

    private static IEnumerable<(string Name, string Value)> OfModel(YoloTransformer? model)
    {
        if (model is null)
            yield break;
        var options = model.Options;
        yield return ("network", FormattableString.Invariant($"{model.Architecture}, {model.ClassNames.Count} classes, scored by {model.ScoringEngine}"));
        yield return ("image size", FormattableString.Invariant($"{model.ImageSize} pixels"));
        if (model.History is null)
            yield break;
        yield return ("weights", options.PretrainedWeights is { } weights ? $"began with {Path.GetFileName(weights)}" : "from scratch");
        var rate = options.LearningRate is { } known ? FormattableString.Invariant($", learning rate {known:G4}") : "";
        var steps = options.NominalBatchSize is { } nominal ? FormattableString.Invariant($", a step per {Math.Max(nominal, options.BatchSize)}") : "";
        yield return ("optimiser", FormattableString.Invariant($"{options.Optimizer}{rate}, batches of {options.BatchSize} images{steps}"));
        yield return ("loss", options.ChosenLoss.GetType().Name.Replace("LossOptions", "", StringComparison.Ordinal));
    }

    private static IEnumerable<(string Name, string Value)> OfRun(TrainingRun? run)
    {
        if (run is null)
            yield break;
        var objects = run.ObjectCounts.Values.Sum();
        var validated = run.ValidationImageCount is { } count ? FormattableString.Invariant($"; epochs measured on {count} images") : "; epochs not measured";
        var classes = run.ObjectCounts.Count;
        yield return ("data", FormattableString.Invariant($"{run.ImageCount} training images with {objects} objects of {classes} classes{validated}"));
        yield return ("seed", run.Seed.ToString(CultureInfo.InvariantCulture));
        yield return ("hardware", $"{run.Device}; {run.Hardware}");
        yield return ("version", $"ML.Yolo {run.LibraryVersion}");
    }
}
