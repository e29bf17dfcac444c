namespace ML.Yolo.Reports;

/// <summary>The curves of the metrics.</summary>
internal static class MetricsPlots
{
    // More lines than that, and no one can follow one: the others are left out.
    private const int MaxClasses = Plot.SeriesColours;

    public static IEnumerable<Plot> Of(DetectionMetrics metrics)
    {
        var classes = metrics.PrecisionRecallCurves.Zip(metrics.ConfidenceCurves).OrderByDescending(pair => pair.First.AveragePrecision).ToList();
        if (classes.Count == 0)
            yield break;
        var shown = classes.Count <= MaxClasses ? classes : [.. classes.Take((MaxClasses + 1) / 2), .. classes.TakeLast(MaxClasses / 2)];
        yield return PrecisionRecall(metrics, [.. shown.Select(pair => pair.First)]);
        yield return OverConfidence("F1", "F1 over confidence", curve => curve.F1, metrics, [.. shown.Select(pair => pair.Second)]);
        yield return OverConfidence("precision", "Precision over confidence", curve => curve.Precision, metrics, [.. shown.Select(pair => pair.Second)]);
        yield return OverConfidence("recall", "Recall over confidence", curve => curve.Recall, metrics, [.. shown.Select(pair => pair.Second)]);
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
        return plot.Line("all", 0, overall.ScoreThreshold.Zip(values(overall)), isStrong: true);
    }
}
