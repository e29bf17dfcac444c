using Microsoft.ML;

namespace ML.Yolo.Tests.Training;

/// <summary>A training run that takes a second or two.</summary>
internal static class TinyRun
{
    public static YoloTrainer.Options Options(int epochs = 2) => new() { ImageSize = 64, MaxEpoch = epochs, BatchSize = 4, NominalBatchSize = 4, ScoreThreshold = 0.0001f };

    public static YoloTransformer Fit(MLContext mlContext, YoloTrainer.Options options, int images = 8)
        => mlContext.MulticlassClassification.Trainers.Yolo(options).Fit(SquareImages.AsView(mlContext, SquareImages.Draw(images)));
}
