using System.Runtime.InteropServices;
using ML.Yolo.Imaging;
using ML.Yolo.Networks;
using static TorchSharp.torch;

namespace ML.Yolo.Scoring;

/// <summary>Scores with LibTorch: network, decoding, suppression, and the way back to the pixels of the originals.</summary>
/// <param name="network">The network, in evaluation mode and on its device; disposed with the engine. Its anchors stay as they are.</param>
/// <param name="device">Where the network runs.</param>
internal sealed class TorchEngine(YoloNetwork network, Device device) : IDetectionEngine
{
    public ScoringEngine Kind => ScoringEngine.LibTorch;

    public MapDecoder Decoder { get; } = network.Head.CreateDecoder();

    /// <summary>The network, in evaluation mode.</summary>
    public YoloNetwork Network => network;

    /// <summary>Where the network runs.</summary>
    public Device Device => device;

    public Detection[][] Detect(IReadOnlyList<LetterboxedImage> images, NmsOptions options) => Detect(images, options, seen: null);

    /// <summary>Detects, and shows what the network gave.</summary>
    /// <param name="images">Images of one canvas.</param>
    /// <param name="options">How overlapping detections are suppressed.</param>
    /// <param name="seen">Told of the network's maps, which are the engine's; null where nobody asks.</param>
    public Detection[][] Detect(IReadOnlyList<LetterboxedImage> images, NmsOptions options, Action<Tensor[]>? seen)
    {
        using var scope = NewDisposeScope();
        using var noGradient = inference_mode();
        var pixels = ImageBatch.Assemble(images, images[0].Letterbox.CanvasWidth, images[0].Letterbox.CanvasHeight);
        var maps = network.call(ImageBatch.ToInput(pixels, device));
        seen?.Invoke(maps);
        var likely = Decoder.DecodeLikely(maps, options.ScoreThreshold);
        return [.. likely.Select((predictions, i) => ToDetections(NonMaxSuppression.Apply(predictions, options).Rows, images[i].Letterbox))];
    }

    public void Dispose() => network.Dispose();

    private static Detection[] ToDetections(Tensor rows, Letterbox letterbox)
        => rows.shape[0] == 0 ? [] : Detection.FromRows(MemoryMarshal.Cast<byte, float>(rows.contiguous().bytes), letterbox);
}
