using Microsoft.ML;
using Microsoft.ML.Runtime;
using ML.Yolo.Imaging;
using ML.Yolo.Persistence;
using TorchSharp;

namespace ML.Yolo.Scoring;

/// <summary>Scores with LibTorch.</summary>
internal sealed class TorchEngine : IDetectionEngine
{
    private readonly Detector _detector;

    /// <param name="environment">Says which device to score on.</param>
    /// <param name="network">The network; owned from here on.</param>
    /// <param name="options">Box coding.</param>
    public TorchEngine(IHostEnvironment environment, YoloNetwork network, YoloTrainer.Options options)
    {
        var device = TorchBackend.DeviceOf(environment);
        Network = network;
        Network.to(device);
        Network.eval();
        _detector = new Detector(Network, options.Loss.BoxCoding, device);
    }

    public ScoringEngine Kind => ScoringEngine.LibTorch;

    /// <summary>The network, in evaluation mode.</summary>
    public YoloNetwork Network { get; }

    public Detection[][] Detect(IReadOnlyList<(ResizedImage Image, Letterbox Letterbox)> images, NmsOptions options) => _detector.Detect(images, options);

    public void Save(YoloTransformer transformer, ModelSaveContext context) => ModelZip.Save(transformer, context);

    public void Dispose() => Network.Dispose();
}
