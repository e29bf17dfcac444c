namespace ML.Yolo.Training;

/// <summary>The reference's scaling of a loss's weights from the task they were tuned on (80 classes, 640 pixels, three layers) to the task at hand.</summary>
internal static class LossScaling
{
    private const float TunedClassCount = 80;
    private const float TunedImageSize = 640;
    private const float TunedLayerCount = 3;

    /// <summary>A loss scaled; the original is not touched.</summary>
    /// <param name="loss">The loss as tuned.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="imageSize">Side of the images, pixels.</param>
    /// <param name="layerCount">Layers of predictions: terms are sums over them.</param>
    public static DetectionLossOptions Apply(DetectionLossOptions loss, int classCount, int imageSize, int layerCount)
    {
        var (size, layers) = (imageSize / TunedImageSize, TunedLayerCount / layerCount);
        return loss.Scale(layers, classCount / TunedClassCount * layers, size * size * layers);
    }
}
