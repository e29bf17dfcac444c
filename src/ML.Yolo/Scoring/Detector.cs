using System.Runtime.InteropServices;
using ML.Yolo.Imaging;
using ML.Yolo.Losses;
using static TorchSharp.torch;

namespace ML.Yolo.Scoring;

/// <summary>From letterboxed images to detections in the pixels of the originals: network, decoding, suppression, mapping back.</summary>
/// <param name="network">The network, in evaluation mode; not owned.</param>
/// <param name="coding">How its logits are decoded.</param>
/// <param name="device">Where the network runs.</param>
internal sealed class Detector(YoloNetwork network, BoxCoding coding, Device device)
{
    /// <summary>Detects in one batch.</summary>
    /// <param name="images">On canvases of one size, whole strides a side.</param>
    /// <param name="options">Thresholds.</param>
    /// <returns>Per image, most confident first.</returns>
    public Detection[][] Detect(IReadOnlyList<(ResizedImage Image, Letterbox Letterbox)> images, NmsOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGradient = inference_mode();
        var pixels = ImageBatch.Assemble(images, images[0].Letterbox.CanvasWidth, images[0].Letterbox.CanvasHeight);
        var kept = NonMaxSuppression.Apply(Decode(network.call(ImageBatch.ToInput(pixels, device))), options);
        return [.. kept.Select((rows, i) => ToDetections(rows, images[i].Letterbox))];
    }

    private static Detection[] ToDetections(Tensor rows, Letterbox letterbox)
        => rows.shape[0] == 0 ? [] : Detection.FromRows(MemoryMarshal.Cast<byte, float>(rows.contiguous().bytes), letterbox);

    private Tensor Decode(Tensor[] maps)
        => cat([.. maps.Select((map, i) => coding.Decode(map, network.Anchors[i], network.Strides[i]))], 1);
}
