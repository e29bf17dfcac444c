namespace ML.Yolo.Reports;

/// <summary>The course of a training.</summary>
internal static class HistoryPlots
{
    public static IEnumerable<Plot> Of(TrainingHistory history)
    {
        var epochs = history.Epochs;
        if (epochs.Count == 0)
            yield break;
        yield return Losses(epochs);
        if (epochs.Any(epoch => epoch.MAP50 is not null))
            yield return Metrics(epochs);
        yield return new Plot(
            "Learning rate",
            FormattableString.Invariant($"Learning rate over {epochs.Count} epochs, from {epochs[0].LearningRate:G3} to {epochs[^1].LearningRate:G3}"), Epochs(epochs), new PlotAxis("learning rate", 0))
            .Line("learning rate", 4, epochs.Select(epoch => ((double)epoch.Epoch, epoch.LearningRate)), isListed: false);
        yield return new Plot(
            "Speed",
            FormattableString.Invariant($"Images trained on a second, {epochs.Average(epoch => epoch.ImagesPerSecond):F1} in the mean"), Epochs(epochs), new PlotAxis("images a second", 0))
            .Line("images a second", 2, epochs.Select(epoch => ((double)epoch.Epoch, epoch.ImagesPerSecond)), isListed: false);
    }

    private static Plot Losses(IReadOnlyList<TrainingEpoch> epochs)
    {
        string[] terms = [.. epochs.SelectMany(epoch => epoch.Losses.Keys).Distinct()];
        var (first, last) = (epochs[0].Losses.Values.Sum(), epochs[^1].Losses.Values.Sum());
        var plot = new Plot("Losses by term", FormattableString.Invariant($"Weighted loss terms {string.Join(", ", terms)} over {epochs.Count} epochs; their sum went from {first:F4} to {last:F4}"), Epochs(epochs), new PlotAxis("weighted loss", 0));
        for (var i = 0; i < terms.Length; i++)
            plot.Line(terms[i], (i * 2) + 1, epochs.Where(epoch => epoch.Losses.ContainsKey(terms[i])).Select(epoch => ((double)epoch.Epoch, (double)epoch.Losses[terms[i]])), hasMarkers: epochs.Count <= 40);
        return plot;
    }

    private static Plot Metrics(IReadOnlyList<TrainingEpoch> epochs)
    {
        var best = epochs.MaxBy(epoch => epoch.MAP50_95 ?? -1)!;
        var plot = new Plot("Validation", FormattableString.Invariant($"Mean average precision, precision and recall on the validation set; the highest mAP50-95 is {best.MAP50_95:F3} at epoch {best.Epoch}"), Epochs(epochs), PlotAxis.Rate("rate"));
        (string Name, int Colour, Func<TrainingEpoch, double?> Value)[] lines = [("mAP50", 1, epoch => epoch.MAP50), ("mAP50-95", 5, epoch => epoch.MAP50_95), ("precision", 2, epoch => epoch.Precision), ("recall", 6, epoch => epoch.Recall)];
        foreach (var (name, colour, value) in lines)
            plot.Line(name, colour, epochs.Where(epoch => value(epoch) is not null).Select(epoch => ((double)epoch.Epoch, value(epoch)!.Value)), hasMarkers: epochs.Count <= 40);
        return plot;
    }

    private static PlotAxis Epochs(IReadOnlyList<TrainingEpoch> epochs) => new("epoch", Math.Min(1, epochs[0].Epoch), Math.Max(epochs[^1].Epoch, 2));
}
