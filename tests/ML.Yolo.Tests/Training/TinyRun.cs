using Microsoft.ML;

namespace ML.Yolo.Tests.Training;

/// <summary>A training run that takes a second or two.</summary>
internal static class TinyRun
{
    /// <summary>A few tiny images are too few for mosaics.</summary>
    private static AugmentationOptions Still => new() { MosaicProbability = 0, Translation = 0, ScaleGain = 0 };

    public static YoloTrainer.Options Options(int epochs = 2) => new()
    {
        Architecture = YoloArchitecture.V5Nano,
        Recipe = Recipe.Reference,
        ImageSize = 64,
        MaxEpoch = epochs,
        BatchSize = 4,
        NominalBatchSize = 4,
        Scoring = new() { ScoreThreshold = 0.0001f },
        Augmentation = Still,
    };

    public static YoloTransformer Fit(MLContext mlContext, YoloTrainer.Options options, int images = 8)
        => Fit(mlContext, options, SquareImages.Draw(images));

    public static YoloTransformer Fit(MLContext mlContext, YoloTrainer.Options options, IReadOnlyList<SquareImages.Row> rows)
        => mlContext.MulticlassClassification.Trainers.Yolo(options).Fit(SquareImages.AsView(mlContext, rows));
}
