using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using SkiaSharp;
using Anchor = Microsoft.ML.Transforms.Image.ImageResizingEstimator.Anchor;
using ResizingKind = Microsoft.ML.Transforms.Image.ImageResizingEstimator.ResizingKind;

namespace ML.Yolo.Tests.Transforms;

/// <summary>The pixels a box was drawn on are where the resized box says.</summary>
public sealed class ResizeBoundingBoxesTests
{
    private static readonly SKRectI Box = new(40, 30, 80, 60);

    private readonly MLContext _mlContext = new();

    public static TheoryData<ResizingKind, Anchor, int, int> Cases => new()
    {
        { ResizingKind.Fill, Anchor.Center, 60, 90 },
        { ResizingKind.Fill, Anchor.Center, 400, 300 },
        { ResizingKind.IsoPad, Anchor.Center, 64, 64 },
        { ResizingKind.IsoPad, Anchor.Center, 300, 100 },
        { ResizingKind.IsoPad, Anchor.Center, 640, 640 },
        { ResizingKind.IsoCrop, Anchor.Center, 64, 64 },
        { ResizingKind.IsoCrop, Anchor.Left, 64, 64 },
        { ResizingKind.IsoCrop, Anchor.Right, 90, 90 },
        { ResizingKind.IsoCrop, Anchor.Top, 300, 100 },
        { ResizingKind.IsoCrop, Anchor.Bottom, 300, 150 },
        { ResizingKind.IsoCrop, Anchor.Center, 120, 90 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Transform_AfterResizeImages_GivesTheBoxOfTheResizedPixels(ResizingKind kind, Anchor anchor, int width, int height)
    {
        var data = Transform(Picture(120, 90), width, height, kind, anchor);

        var (image, box) = (data.GetColumn<MLImage>("Small").Single(), data.GetColumn<float[]>("SmallBoxes").Single());

        var seen = RedPixels(image);
        Assert.All(box.Zip([seen.Left, seen.Top, seen.Right, seen.Bottom]), pair => Assert.InRange(pair.First, pair.Second - 1.01f, pair.Second + 1.01f));
    }

    [Fact]
    public void Transform_ObjectCroppedAway_KeepsABoxWithoutArea()
    {
        var data = Transform(Picture(120, 90), 20, 90, ResizingKind.IsoCrop, Anchor.Right);

        var box = data.GetColumn<float[]>("SmallBoxes").Single();

        Assert.Equal([0, 30, 0, 60], box);
    }

    [Fact]
    public void Transform_OutputNamedAsTheInput_ReplacesIt()
    {
        var data = _mlContext.Data.LoadFromEnumerable([Picture(120, 90)]);

        var resizing = _mlContext.Transforms.ResizeImages("Small", 60, 45, "Image");
        var moved = resizing.Append(_mlContext.Transforms.ResizeBoundingBoxes("Boxes", "Boxes", "Image", "Small")).Fit(data).Transform(data);

        Assert.Equal([20, 15, 40, 30], moved.GetColumn<float[]>("Boxes").Single());
    }

    [Fact]
    public void Load_SavedInAZip_DoesTheSame()
    {
        var data = _mlContext.Data.LoadFromEnumerable([Picture(120, 90)]);
        var model = Pipeline(_mlContext, 64, 64, ResizingKind.IsoCrop, Anchor.Left).Fit(data);
        using var zip = new MemoryStream();
        _mlContext.Model.Save(model, data.Schema, zip);

        var loaded = new MLContext().Model.Load(zip, out _);

        Assert.Equal(model.Transform(data).GetColumn<float[]>("SmallBoxes").Single(), loaded.Transform(data).GetColumn<float[]>("SmallBoxes").Single());
    }

    [Fact]
    public void Predict_OneRow_GivesItsBoxes()
    {
        var model = Pipeline(_mlContext, 60, 45, ResizingKind.Fill, Anchor.Center).Fit(_mlContext.Data.LoadFromEnumerable([Picture(120, 90)]));
        using var engine = _mlContext.Model.CreatePredictionEngine<Row, Output>(model);

        Assert.Equal([20, 15, 40, 30], engine.Predict(Picture(120, 90)).SmallBoxes);
    }

    [Fact]
    public void Fit_ColumnThatIsNoImage_NamesItAndWhatWasExpected()
    {
        var data = _mlContext.Data.LoadFromEnumerable([Picture(120, 90)]);

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => _mlContext.Transforms.ResizeBoundingBoxes("Out", "Boxes", "Image", "Boxes").Fit(data));

        const string Expected = "The resized image column 'Boxes' is a vector of Single; an image (MLImage) was expected.";
        Assert.StartsWith(Expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ResizeBoundingBoxes_BothImagesAreOneColumn_SaysWhy()
    {
        var exception = Assert.Throws<ArgumentException>(() => _mlContext.Transforms.ResizeBoundingBoxes("Out", "Boxes", "Image", "Image"));

        Assert.Contains("both sizes are needed", exception.Message, StringComparison.Ordinal);
    }

    private IDataView Transform(Row row, int width, int height, ResizingKind kind, Anchor anchor)
    {
        var data = _mlContext.Data.LoadFromEnumerable([row]);
        return Pipeline(_mlContext, width, height, kind, anchor).Fit(data).Transform(data);
    }

    private static EstimatorChain<BoundingBoxResizingTransformer> Pipeline(MLContext mlContext, int width, int height, ResizingKind kind, Anchor anchor)
        => mlContext.Transforms.ResizeImages("Small", width, height, "Image", kind, anchor)
            .Append(mlContext.Transforms.ResizeBoundingBoxes("SmallBoxes", "Boxes", "Image", "Small", kind, anchor));

    /// <summary>White, with the box in red.</summary>
    private static Row Picture(int width, int height)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        using var red = new SKPaint { Color = SKColors.Red };
        canvas.DrawRect(Box, red);
        var image = MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, bitmap.Bytes);
        return new Row { Image = image, Boxes = [Box.Left, Box.Top, Box.Right, Box.Bottom] };
    }

    /// <summary>Bounds of the red pixels; padding is black.</summary>
    private static SKRectI RedPixels(MLImage image)
    {
        var red = Enumerable.Range(0, image.Width * image.Height).Where(i => image.Pixels[(4 * i) + 2] > 128 && image.Pixels[(4 * i) + 1] < 128).ToList();
        return new SKRectI(red.Min(i => i % image.Width), red.Min() / image.Width, red.Max(i => i % image.Width) + 1, (red.Max() / image.Width) + 1);
    }

    private sealed class Row
    {
        [ImageType(90, 120)]
        public MLImage Image { get; set; } = null!;

        public float[] Boxes { get; set; } = [];
    }

    private sealed class Output
    {
        public float[] SmallBoxes { get; set; } = [];
    }
}
