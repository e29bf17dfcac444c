using System.Runtime.InteropServices;
using Microsoft.ML;
using ML.Yolo.Boxes;
using ML.Yolo.Imaging;
using ML.Yolo.Persistence;
using static TorchSharp.torch;

namespace ML.Yolo.Scoring;

/// <summary>Scores with LibTorch: network, decoding, suppression, and the way back to the pixels of the originals.</summary>
/// <param name="network">The network, in evaluation mode and on its device; disposed with the engine.</param>
/// <param name="coding">How its logits are decoded.</param>
/// <param name="device">Where the network runs.</param>
internal sealed class TorchEngine(YoloNetwork network, BoxCoding coding, Device device) : IDetectionEngine
{
    public ScoringEngine Kind => ScoringEngine.LibTorch;

    /// <summary>The network, in evaluation mode.</summary>
    public YoloNetwork Network => network;

    public Detection[][] Detect(IReadOnlyList<LetterboxedImage> images, NmsOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGradient = inference_mode();
        var pixels = ImageBatch.Assemble(images, images[0].Letterbox.CanvasWidth, images[0].Letterbox.CanvasHeight);
        var kept = NonMaxSuppression.Apply(Decode(network.call(ImageBatch.ToInput(pixels, device))), options);
        return [.. kept.Select((rows, i) => ToDetections(rows, images[i].Letterbox))];
    }

    public void Save(YoloTransformer transformer, ModelSaveContext context) => ModelZip.Save(transformer, context);

    public void Dispose() => network.Dispose();

    private static Detection[] ToDetections(Tensor rows, Letterbox letterbox)
        => rows.shape[0] == 0 ? [] : Detection.FromRows(MemoryMarshal.Cast<byte, float>(rows.contiguous().bytes), letterbox);

    private Tensor Decode(Tensor[] maps)
        => cat([.. maps.Select((map, i) => coding.Decode(map, network.Anchors[i], network.Strides[i]))], 1);
}
