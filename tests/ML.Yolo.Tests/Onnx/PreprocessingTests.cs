using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Imaging;
using ML.Yolo.Tests.Weights;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Onnx;

/// <summary>Letterboxing inside the graph: any size in, boxes in pixels of that image out.</summary>
public sealed class PreprocessingTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(128, 128)]
    [InlineData(64, 100)]
    [InlineData(200, 90)]
    [InlineData(301, 128)]
    [InlineData(2, 500)]
    public void SaveAsOnnx_LetterboxOfAPlainImage_IsPlacedAsTheLibraryDoes(int width, int height)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var transformer = RandomDetector.Create(YoloArchitecture.V5Nano);
        using var model = OnnxModel.Of(transformer, new OnnxOptions { Output = OnnxOutput.RawMaps, IncludePreprocessing = true });
        var pixels = new byte[width * height * 3];
        Array.Fill(pixels, (byte)200);                                                    // whatever the filter: a plain image stays plain
        var letterbox = Letterbox.Fit(width, height, 128, 128);
        var canvas = full([1, 3, 128, 128], Letterbox.Gray / 255f);
        canvas.narrow(2, letterbox.Top, letterbox.ResizedHeight).narrow(3, letterbox.Left, letterbox.ResizedWidth).fill_(200 / 255f);

        var maps = model.Run(pixels, height, width);

        Assert.All(transformer.Network.Forward(canvas).Select((map, i) => (map, i)), pair => TensorAssert.Close(pair.map, maps[$"map{pair.i}"], relative: 0, absolute: 1e-3));
    }

    [Fact]
    public void SaveAsOnnx_DecodedWithLetterbox_GivesBoxesInPixelsOfTheImage()
    {
        using var scope = NewDisposeScope();
        using var transformer = RandomDetector.Create(YoloArchitecture.V5Nano);
        using var inside = OnnxModel.Of(transformer, new OnnxOptions { IncludePreprocessing = true });
        using var outside = OnnxModel.Of(transformer, new OnnxOptions());
        var letterbox = Letterbox.Fit(256, 160, 128, 128);                                // half the size, 24 rows above and below
        var canvas = full([1, 3, 128, 128], Letterbox.Gray / 255f);
        canvas.narrow(2, letterbox.Top, letterbox.ResizedHeight).fill_(1);

        var actual = inside.Run([.. Enumerable.Repeat((byte)255, 256 * 160 * 3)], 160, 256)["predictions"];

        var expected = outside.Run(canvas)["predictions"];
        var boxes = (expected.narrow(2, 0, 4) - tensor([0f, 24, 0, 0])) * 2;
        TensorAssert.Close(cat([boxes, expected.narrow(2, 4, 4)], 2), actual, relative: 1e-3, absolute: 1e-2);
    }

    [SharedFact]
    public void SaveAsOnnx_CocoImagesWithLetterboxAndSuppressionInside_FindsTheLibrarysDetections()
    {
        using var scope = NewDisposeScope();
        var mlContext = new MLContext();
        var paths = CocoImages.Read().Take(16).ToList();
        var images = mlContext.Transforms.LoadImages("Image", "", "ImagePath").Fit(mlContext.Data.LoadFromEnumerable(paths)).Transform(mlContext.Data.LoadFromEnumerable(paths));
        using var transformer = CocoDetector.Load(mlContext, images);
        transformer.Scoring.Canvas = ScoringCanvas.Square;
        using var model = OnnxModel.Of(transformer, new OnnxOptions { Output = OnnxOutput.Detections, IncludePreprocessing = true });
        var (wanted, matched) = (0, 0);

        foreach (var (row, path) in mlContext.Data.CreateEnumerable<CocoImages.Scored>(transformer.Transform(images), reuseRowObject: false).Zip(paths))
        {
            using var image = MLImage.CreateFromFile(path.ImagePath);
            var outputs = model.Run(Colours(image), image.Height, image.Width);
            var rows = outputs["detections"].data<float>().ToArray().Chunk(6).Take((int)outputs["count"][0].item<long>()).ToList();
            wanted += row.Score.Length;
            matched += Enumerable.Range(0, row.Score.Length).Count(i => rows.RemoveAll(found => IsSame(row, i, found)) == 1);
        }

        output.WriteLine($"{matched} of {wanted} detections matched");
        Assert.True(wanted > 16, $"{wanted} detections in 16 images");
        Assert.True(matched >= 0.9 * wanted, $"{matched} of {wanted} detections matched");  // the filters that shrink differ, which moves scores at the threshold
    }

    private static bool IsSame(CocoImages.Scored row, int index, float[] found)
    {
        var box = row.PredictedBoundingBoxes.AsSpan(4 * index, 4);
        var overlap = Math.Max(Math.Min(box[2], found[2]) - Math.Max(box[0], found[0]), 0) * Math.Max(Math.Min(box[3], found[3]) - Math.Max(box[1], found[1]), 0);
        var union = ((box[2] - box[0]) * (box[3] - box[1])) + ((found[2] - found[0]) * (found[3] - found[1])) - overlap;
        return row.PredictedLabel[index] == found[5] + 1 && overlap > 0.8 * union && Math.Abs(row.Score[index] - found[4]) < 0.1;
    }

    private static byte[] Colours(MLImage image)
    {
        var (red, blue) = image.PixelFormat == MLPixelFormat.Rgba32 ? (0, 2) : (2, 0);
        var pixels = image.Pixels.ToArray();
        return [.. Enumerable.Range(0, image.Width * image.Height).SelectMany(i => new[] { pixels[(4 * i) + red], pixels[(4 * i) + 1], pixels[(4 * i) + blue] })];
    }
}
