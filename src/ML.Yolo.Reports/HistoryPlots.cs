namespace ML.Yolo.Reports;

/// <summary>The course of a training.</summary>
internal static class HistoryPlots
{
    public static IEnumerable<Plot> Of(TrainingHistory history)
    {
        var epochs = history.Epochs;
        if (epochs.Count == 0)
            yield break;
        yield return Losses(history);
        if (epochs.Any(epoch => epoch.MAP50 is not null))
            yield return Metrics(history);
        yield return LearningRate(epochs);
        yield return Speed(epochs);
    }

    private static Plot LearningRate(IReadOnlyList<TrainingEpoch> epochs)
    {
        var (first, last) = (epochs[0].LearningRate, epochs[^1].LearningRate);
        var description = FormattableString.Invariant($"Learning rate over {epochs.Count} epochs, from {first:G3} to {last:G3}");
        return new Plot("Learning rate", description, Epochs(epochs), new PlotAxis("learning rate, thousandths", 0))
            .Line("learning rate", 0, Values(epochs, epoch => 1000 * epoch.LearningRate), isListed: false);
    }

    private static Plot Speed(IReadOnlyList<TrainingEpoch> epochs)
    {
        var description = FormattableString.Invariant($"Images trained on per second, {epochs.Average(epoch => epoch.ImagesPerSecond):F1} in the mean");
        return new Plot("Speed", description, Epochs(epochs), new PlotAxis("images per second", 0))
            .Line("images per second", 0, Values(epochs, epoch => epoch.ImagesPerSecond), isListed: false);
    }

    private static Plot Losses(TrainingHistory history)
    {
        var epochs = history.Epochs;
        var isValidated = epochs.Any(epoch => epoch.ValidationLosses is not null);
        string[] terms = [.. epochs.SelectMany(epoch => epoch.Losses.Keys).Distinct()];
        var (first, last) = (epochs[0].Losses.Values.Sum(), epochs[^1].Losses.Values.Sum());
        var sum = FormattableString.Invariant($"their sum went from {first:F4} to {last:F4}");
        var whose = isValidated ? ", in training and on the validation set" : "";
        var description = $"Weighted loss terms {string.Join(", ", terms)} over {epochs.Count} epochs{whose}; in training {sum}";
        var plot = new Plot("Losses by term", description, Epochs(epochs), new PlotAxis("weighted loss", 0));
        for (var i = 0; i < terms.Length; i++)
        {
            var term = terms[i];
            plot.Line(isValidated ? $"{term}, training" : term, i, Values(epochs, epoch => Term(epoch.Losses, term)), hasMarkers: HasMarkers(epochs));
            if (isValidated)
            {
                var values = Values(epochs, epoch => Term(epoch.ValidationLosses, term));
                plot.Line($"{term}, validation", i, values, isDashed: true, hasMarkers: HasMarkers(epochs));
            }
        }

        return Best(plot, history);
    }

    private static double? Term(IReadOnlyDictionary<string, float>? losses, string term)
        => losses is not null && losses.TryGetValue(term, out var loss) ? loss : null;

    private static Plot Best(Plot plot, TrainingHistory history)
        => history.BestEpoch is { } best ? plot.Mark(FormattableString.Invariant($"best epoch {best}: its weights were kept"), best) : plot;

    private static Plot Metrics(TrainingHistory history)
    {
        var epochs = history.Epochs;
        var best = epochs.MaxBy(epoch => epoch.MAP50_95 ?? -1)!;
        var highest = FormattableString.Invariant($"the highest mAP50-95 is {best.MAP50_95:F3} at epoch {best.Epoch}");
        var description = $"Mean average precision, precision and recall on the validation set; {highest}";
        var plot = new Plot("Validation", description, Epochs(epochs), PlotAxis.Rate("rate"));
        (string Name, int Colour, Func<TrainingEpoch, double?> Value)[] lines =
        [
            ("mAP50", 0, epoch => epoch.MAP50), ("mAP50-95", 1, epoch => epoch.MAP50_95),
            ("precision at the highest F1", 2, epoch => epoch.Precision), ("recall at the highest F1", 3, epoch => epoch.Recall),
        ];
        foreach (var (name, colour, value) in lines)
            plot.Line(name, colour, Values(epochs, value), hasMarkers: HasMarkers(epochs));
        return Best(plot, history);
    }

    private static IEnumerable<(double Epoch, double Value)> Values(IReadOnlyList<TrainingEpoch> epochs, Func<TrainingEpoch, double?> value)
        => from epoch in epochs
           let found = value(epoch)
           where found is not null
           select ((double)epoch.Epoch, found.Value);

    private static bool HasMarkers(IReadOnlyList<TrainingEpoch> epochs) => epochs.Count <= 40;

    private static PlotAxis Epochs(IReadOnlyList<TrainingEpoch> epochs) => new("epoch", Math.Min(1, epochs[0].Epoch), 1.01 * Math.Max(epochs[^1].Epoch, 2));
}
