using System.Text.Json.Serialization;

namespace ML.Yolo.Training;

/// <summary>Where a run stands at the end of an epoch, beside its tensors.</summary>
internal sealed record TrainingState
{
    /// <summary>Epochs that are over.</summary>
    public int Epoch { get; init; }

    /// <summary>Fitness of the best validated epoch; null before the first.</summary>
    public double? BestFitness { get; init; }

    /// <summary>That epoch; 0 before the first.</summary>
    public int BestEpoch { get; init; }

    /// <summary>The confidence of that epoch's highest F1; null before the first, or where nothing right was found.</summary>
    public double? BestScoreThreshold { get; init; }

    /// <summary>Average precision of each class at the last validation; empty before the first.</summary>
    public double[] ClassPrecisions { get; init; } = [];

    /// <summary>Batches begun.</summary>
    public long Batches { get; init; }

    /// <summary>Batches since the last step, whose gradients are kept.</summary>
    public int SinceStep { get; init; }

    /// <summary>Updates of the averaged weights.</summary>
    public long AverageUpdates { get; init; }

    /// <summary>What is wrong with it, where it was read; null where nothing is.</summary>
    [JsonIgnore]
    public string? Flaw
    {
        get
        {
            var isCounted = Epoch >= 0 && Batches >= 0 && SinceStep >= 0 && AverageUpdates >= 0;
            var isMeasured = BestEpoch >= 0 && BestEpoch <= Epoch && BestScoreThreshold is null or (>= 0 and <= 1)
                && ClassPrecisions.All(precision => precision is >= 0 and <= 1);
            return isCounted && isMeasured ? null : "its state counts below 0, or has a best epoch, a threshold or a precision out of range";
        }
    }

    /// <summary>What the best epoch has most of.</summary>
    public static double Fitness(double map50, double map50To95) => (0.1 * map50) + (0.9 * map50To95);

    /// <summary>The state once an epoch was validated: it is the best where no earlier one was better, by 0.1 · mAP50 + 0.9 · mAP50-95.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="metrics">What it reached.</param>
    public TrainingState Validated(int epoch, DetectionMetrics metrics)
    {
        var precisions = metrics.PerClass.Select(one => double.IsNaN(one.AveragePrecision50_95) ? 0 : one.AveragePrecision50_95);
        var fitness = Fitness(metrics.MAP50, metrics.MAP50_95);
        var isBest = BestFitness is not { } highest || fitness >= highest;
        return this with
        {
            ClassPrecisions = [.. precisions],
            BestFitness = isBest ? fitness : BestFitness,
            BestEpoch = isBest ? epoch : BestEpoch,
            BestScoreThreshold = !isBest ? BestScoreThreshold : metrics.F1 > 0 ? metrics.BestScoreThreshold : null,
        };
    }
}
