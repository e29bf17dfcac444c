using System.Text.Json.Serialization;

namespace ML.Yolo;

/// <summary>One epoch of a training run, once it was over.</summary>
public sealed record TrainingEpoch
{
    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Mean of each weighted loss term over the epoch, by the names of <see cref="DetectionLossResult.Terms"/>.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public required IReadOnlyDictionary<string, float> Losses { get; init; }

    /// <summary>
    /// Mean of each weighted loss term on the validation set, of the averaged weights and without augmentation; null where the epoch was not validated, or by
    /// a version that did not compute it.
    /// </summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public IReadOnlyDictionary<string, float>? ValidationLosses { get; init; }

    /// <summary>The optimiser's learning rate for weights at the epoch's end.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Images trained on per second, validation not counted.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Time from the first batch of the run to the epoch's end; where it was resumed, without the pause between.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Mean average precision at IoU 0.50 on the validation set; null where the epoch was not validated.</summary>
    public double? MAP50 { get; init; }

    /// <summary>Mean average precision at IoU 0.75; null likewise.</summary>
    public double? MAP75 { get; init; }

    /// <summary>Mean average precision over IoU 0.50, 0.55 … 0.95; null likewise.</summary>
    public double? MAP50_95 { get; init; }

    /// <summary>Precision at the threshold of the highest F1; null likewise.</summary>
    public double? Precision { get; init; }

    /// <summary>Recall at the threshold of the highest F1; null likewise.</summary>
    public double? Recall { get; init; }

    /// <summary>The highest F1; null likewise.</summary>
    public double? F1 { get; init; }

    internal static TrainingEpoch Of(TrainingProgress progress) => new()
    {
        Epoch = progress.Epoch,
        Losses = progress.Losses,
        ValidationLosses = progress.ValidationLosses,
        LearningRate = progress.LearningRate,
        ImagesPerSecond = progress.ImagesPerSecond,
        Elapsed = progress.Elapsed,
        MAP50 = progress.Validation?.MAP50,
        MAP75 = progress.Validation?.MAP75,
        MAP50_95 = progress.Validation?.MAP50_95,
        Precision = progress.Validation?.Precision,
        Recall = progress.Validation?.Recall,
        F1 = progress.Validation?.F1,
    };

    /// <summary>The epoch's numbers by name, the losses as "loss/box" and "validation-loss/box" and so on; those it does not have are null.</summary>
    internal IEnumerable<(string Name, double? Value)> Numbers() =>
    [
        .. Losses.Select(term => ($"loss/{term.Key}", (double?)term.Value)),
        ("rate/learning", LearningRate), ("rate/images-per-second", ImagesPerSecond),
        ("metrics/mAP50", MAP50), ("metrics/mAP75", MAP75), ("metrics/mAP50-95", MAP50_95),
        ("metrics/precision", Precision), ("metrics/recall", Recall), ("metrics/F1", F1),
        .. (ValidationLosses ?? new Dictionary<string, float>()).Select(term => ($"validation-loss/{term.Key}", (double?)term.Value)),
    ];
}
