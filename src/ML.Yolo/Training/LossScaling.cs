namespace ML.Yolo.Training;

/// <summary>The reference's scaling of a loss's weights from the task they were tuned on (80 classes, 640 pixels) to the task at hand.</summary>
internal static class LossScaling
{
    private const float TunedClassCount = 80;
    private const float TunedImageSize = 640;

    /// <summary>The options' loss, scaled where they ask for it; the original is not touched.</summary>
    public static DetectionLossOptions Apply(YoloTrainer.Options options, int classCount)
    {
        var size = options.ImageSize / TunedImageSize;
        return options.ScaleLossWeights ? options.ChosenLoss.Scale(1, classCount / TunedClassCount, size * size) : options.ChosenLoss;
    }
}
