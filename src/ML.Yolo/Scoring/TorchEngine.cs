using System.Runtime.InteropServices;
using Microsoft.ML;
using ML.Yolo.Imaging;
using ML.Yolo.Networks;
using ML.Yolo.Persistence;
using static TorchSharp.torch;

namespace ML.Yolo.Scoring;

/// <summary>Scores with LibTorch: network, decoding, suppression, and the way back to the pixels of the originals.</summary>
/// <param name="network">The network, in evaluation mode and on its device; disposed with the engine. Its anchors stay as they are.</param>
/// <param name="device">Where the network runs.</param>
internal sealed class TorchEngine(YoloNetwork network, Device device) : IDetectionEngine
{
    private readonly MapDecoder _decoder = network.Head.CreateDecoder();

    public ScoringEngine Kind => ScoringEngine.LibTorch;

    /// <summary>The network, in evaluation mode.</summary>
    public YoloNetwork Network => network;

    public Detection[][] Detect(IReadOnlyList<LetterboxedImage> images, NmsOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGradient = inference_mode();
        var pixels = ImageBatch.Assemble(images, images[0].Letterbox.CanvasWidth, images[0].Letterbox.CanvasHeight);
        var likely = _decoder.DecodeLikely(network.call(ImageBatch.ToInput(pixels, device)), options.ScoreThreshold);
        return [.. likely.Select((predictions, i) => ToDetections(NonMaxSuppression.Apply(predictions, options).Rows, images[i].Letterbox))];
    }

    public void Save(YoloTransformer transformer, ModelSaveContext context) => ModelZip.Save(transformer, context);

    public void Dispose() => network.Dispose();

    private static Detection[] ToDetections(Tensor rows, Letterbox letterbox)
        => rows.shape[0] == 0 ? [] : Detection.FromRows(MemoryMarshal.Cast<byte, float>(rows.contiguous().bytes), letterbox);
}
