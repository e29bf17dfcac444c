namespace ML.Yolo.Reports;

/// <summary>The curves of the metrics.</summary>
internal static class MetricsPlots
{
    // More lines than that, and no one can follow one: the others are left out.
    private const int MaxClasses = 7;

    /// <summary>The names of the classes whose curves are shown, in the order of the classes: all of a few, else the best and the worst.</summary>
    public static IReadOnlyList<string> Shown(DetectionMetrics metrics)
    {
        var curves = metrics.PrecisionRecallCurves;
        if (curves.Count <= MaxClasses)
            return [.. curves.Select(curve => curve.ClassName)];
        var byPrecision = curves.OrderByDescending(curve => curve.AveragePrecision).Select(curve => curve.ClassName).ToList();
        var chosen = byPrecision.Take((MaxClasses + 1) / 2).Concat(byPrecision.TakeLast(MaxClasses / 2)).ToHashSet(StringComparer.Ordinal);
        return [.. curves.Select(curve => curve.ClassName).Where(chosen.Contains)];
    }

    /// <summary>Which classes have curves, and why, as a sentence; empty where all have.</summary>
    public static string WhichAreShown(DetectionMetrics metrics) => metrics.PrecisionRecallCurves.Count <= MaxClasses ? "" : FormattableString.Invariant(
        $"Of {metrics.PrecisionRecallCurves.Count} classes with objects the curves of {MaxClasses} are shown, since more could not be told apart: ")
        + FormattableString.Invariant($"the {(MaxClasses + 1) / 2} of highest and the {MaxClasses / 2} of lowest average precision at overlap 0.50. ")
        + "The mean is over all.";

    public static IEnumerable<Plot> Of(DetectionMetrics metrics)
    {
        var names = Shown(metrics);
        if (names.Count == 0)
            yield break;
        var curves = metrics.ConfidenceCurves.Where(curve => names.Contains(curve.ClassName)).ToList();
        yield return PrecisionRecall(metrics, [.. metrics.PrecisionRecallCurves.Where(curve => names.Contains(curve.ClassName))]);
        yield return OverConfidence("F1", "F1 over confidence, IoU 0.50", curve => curve.F1, metrics, curves);
        yield return OverConfidence("precision", "Precision over confidence, IoU 0.50", curve => curve.Precision, metrics, curves);
        yield return OverConfidence("recall", "Recall over confidence, IoU 0.50", curve => curve.Recall, metrics, curves);
    }

    private static Plot PrecisionRecall(DetectionMetrics metrics, List<PrecisionRecallCurve> shown)
    {
        var byClass = string.Join(", ", shown.Select(curve => FormattableString.Invariant($"{curve.ClassName} {curve.AveragePrecision:F3}")));
        var description = FormattableString.Invariant($"Precision over recall at IoU 0.50: mean average precision {metrics.MAP50:F3}; {byClass}");
        var plot = new Plot("Precision over recall, IoU 0.50", description, PlotAxis.Rate("recall"), PlotAxis.Rate("precision"));
        for (var i = 0; i < shown.Count; i++)
            plot.Line(FormattableString.Invariant($"{shown[i].ClassName} {shown[i].AveragePrecision:F3}"), i, shown[i].Recall.Zip(shown[i].Precision));
        var curves = metrics.PrecisionRecallCurves;
        var mean = curves[0].Recall.Select((recall, i) => (recall, curves.Average(curve => curve.Precision[i])));
        return plot.Line(FormattableString.Invariant($"mean {metrics.MAP50:F3}"), 0, mean, isStrong: true);
    }

    private static Plot OverConfidence(
        string rate, string title, Func<ConfidenceCurve, IReadOnlyList<double>> values, DetectionMetrics metrics, List<ConfidenceCurve> shown)
    {
        var overall = metrics.OverallConfidenceCurve;
        var best = values(overall).Select((value, i) => (Value: value, Score: overall.ScoreThreshold[i])).MaxBy(point => point.Value);
        var highest = FormattableString.Invariant($"{best.Value:F3} at confidence {best.Score:F2}");
        var description = $"{title}, all classes and each by itself: highest {rate} {highest}";
        var plot = new Plot(title, description, PlotAxis.Rate("confidence"), PlotAxis.Rate(rate));
        for (var i = 0; i < shown.Count; i++)
            plot.Line(shown[i].ClassName, i, shown[i].ScoreThreshold.Zip(values(shown[i])));
        if (rate == "F1" && metrics.F1 > 0)
            plot.Mark(FormattableString.Invariant($"best confidence {metrics.BestScoreThreshold:F3}"), metrics.BestScoreThreshold);
        return plot.Line("all", 0, overall.ScoreThreshold.Zip(values(overall)), isStrong: true);
    }
}
