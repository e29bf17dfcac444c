using SkiaSharp;

namespace ML.Yolo.Training;

/// <summary>
/// What the network saw first: the images of a run's first batch as augmented, and the boxes it was to learn. For people to check the labels.
/// </summary>
/// <param name="Epoch">The epoch, from 1; a run that was resumed begins later.</param>
/// <param name="Images">The first images of the batch.</param>
internal sealed record FirstBatch(int Epoch, IReadOnlyList<SeenImage> Images)
{
    private const int MaxImages = 16;
    private const int JpegQuality = 85;

    /// <summary>Keeps the first images of a batch, encoded.</summary>
    public static FirstBatch Of(TrainingBatch batch, int epoch)
    {
        var rows = batch.Targets.numel() == 0 ? [] : batch.Targets.data<float>().ToArray().Chunk(6).ToArray();
        var (height, width) = ((int)batch.Pixels.shape[1], (int)batch.Pixels.shape[2]);
        return new FirstBatch(epoch, [.. Enumerable.Range(0, Math.Min(batch.Samples.Length, MaxImages)).Select(Image)]);

        SeenImage Image(int index)
        {
            using var pixels = batch.Pixels[index];
            return new SeenImage(Jpeg(pixels.bytes, width, height), width, height, [.. rows.Where(row => row[0] == index).Select(row => Box(row))]);
        }

        (int Class, Box Box) Box(float[] row) => ((int)row[1], new Box(
            (row[2] - (row[4] / 2)) * width, (row[3] - (row[5] / 2)) * height, (row[2] + (row[4] / 2)) * width, (row[3] + (row[5] / 2)) * height));
    }

    private static byte[] Jpeg(ReadOnlySpan<byte> pixels, int width, int height)
    {
        using var image = SKImage.FromPixelCopy(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque), pixels);
        using var data = image.Encode(SKEncodedImageFormat.Jpeg, JpegQuality);
        return data.ToArray();
    }
}
