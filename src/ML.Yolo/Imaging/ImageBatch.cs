using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Imaging;

/// <summary>Lays letterboxed images side by side in one tensor.</summary>
internal static class ImageBatch
{
    /// <summary>(B, H, W, 4) bytes: every image at its place on a gray canvas.</summary>
    public static Tensor Assemble(IReadOnlyList<LetterboxedImage> images, int canvasWidth, int canvasHeight)
    {
        var batch = empty([images.Count, canvasHeight, canvasWidth, ResizedImage.Channels], ScalarType.Byte);
        for (var i = 0; i < images.Count; i++)
        {
            using var canvas = batch[i];                                                  // a batch may be longer than a span
            Lay(images[i], canvas.bytes);
        }

        return batch;
    }

    /// <summary>The network's input, (B, 3, H, W) floats in [0, 1] on <paramref name="device"/>, of a batch of bytes (B, H, W, 4).</summary>
    /// <remarks>The memory stays in the order of the bytes, channels last, which is the order the network works in.</remarks>
    public static Tensor ToInput(Tensor bytes, Device device)
    {
        using var scope = NewDisposeScope();
        var colours = bytes.to(device).narrow(3, 0, 3).to(ScalarType.Float32).contiguous().DivideInPlace(255);   // (B, H, W, 3)
        return colours.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    private static void Lay(in LetterboxedImage letterboxed, Span<byte> canvas)
    {
        var (image, letterbox) = letterboxed;
        canvas.Fill(Letterbox.Gray);
        var rowBytes = image.Width * ResizedImage.Channels;
        for (var row = 0; row < image.Height; row++)
        {
            var target = (((letterbox.Top + row) * letterbox.CanvasWidth) + letterbox.Left) * ResizedImage.Channels;
            image.Pixels.AsSpan(row * rowBytes, rowBytes).CopyTo(canvas[target..]);
        }
    }
}
