using Microsoft.ML;

namespace ML.Yolo.Tests.Training;

/// <summary>One detector, trained once for all tests of a class.</summary>
public sealed class TrainedDetector : IDisposable
{
    public MLContext MLContext { get; } = new(seed: 3);

    public YoloTransformer Transformer { get; }

    public TrainedDetector() => Transformer = TinyRun.Fit(MLContext, TinyRun.Options());

    public void Dispose() => Transformer.Dispose();
}
