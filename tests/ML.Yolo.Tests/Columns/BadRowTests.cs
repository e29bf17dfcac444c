using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using ML.Yolo.Tests.Onnx;
using ML.Yolo.Tests.Training;

namespace ML.Yolo.Tests.Columns;

/// <summary>Whoever reads labels, boxes and images of rows says in one text which row is wrong, and how.</summary>
public sealed class BadRowTests : IDisposable
{
    private const int Bad = 2;
    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static readonly string[] Readers = ["Yolo.Fit", "EvaluateDetections", "SummarizeDetections", "SaveAsYoloDataset", "SaveAsCoco", "SaveAsPascalVoc", "SaveAsVott"];

    private readonly MLContext _mlContext = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    /// <summary>Boxes of one label, and what is said of them.</summary>
    public static TheoryData<string, float[], string> Boxes
    {
        get
        {
            (float[] Boxes, string Problem)[] cases =
            [
                ([1, 2, 3], "Row 2 has 3 numbers in 'BoundingBoxes' and 1 labels in 'Label'; 4 per label were expected."),
                ([1, 2, float.NaN, 4], "Row 2, 'BoundingBoxes', box 0: (1, 2, NaN, 4) is not finite; finite x0, y0, x1, y1 were expected."),
                ([1, 2, 3, float.NegativeInfinity], "Row 2, 'BoundingBoxes', box 0: (1, 2, 3, -Infinity) is not finite; finite x0, y0, x1, y1 were expected."),
                ([5, 2, 3, 4], "Row 2, 'BoundingBoxes', box 0: (5, 2, 3, 4) is inverted; x0 ≤ x1 and y0 ≤ y1 were expected. Are they centre, width and height? Corners in pixels are expected: x0, y0, x1, y1."),
                ([1, 4.5f, 3, 2], "Row 2, 'BoundingBoxes', box 0: (1, 4.5, 3, 2) is inverted; x0 ≤ x1 and y0 ≤ y1 were expected. Are they centre, width and height? Corners in pixels are expected: x0, y0, x1, y1."),
            ];
            var data = new TheoryData<string, float[], string>();
            foreach (var reader in Readers)
            {
                foreach (var (boxes, problem) in cases)
                    data.Add(reader, boxes, problem);
            }

            return data;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Boxes))]
    public void Read_BoxesOfOneRowAreBad_NamesRowAndColumnInAnyCulture(string reader, float[] boxes, string message)
    {
        using var culture = new CultureScope("de-DE");
        var rows = Rows();
        rows[Bad].BoundingBoxes = boxes;

        var exception = Assert.Throws<FormatException>(() => Read(reader, rows));

        Assert.Equal(message, exception.Message);
    }

    [Fact]
    public void EvaluateDetections_PredictedBoxIsInverted_NamesRowAndColumn()
    {
        var rows = Rows();
        rows[Bad].PredictedBoundingBoxes = [9, 0, 3, 10];

        var exception = Assert.Throws<FormatException>(() => Read("EvaluateDetections", rows));

        Assert.Equal("Row 2, 'PredictedBoundingBoxes', box 0: (9, 0, 3, 10) is inverted; x0 ≤ x1 and y0 ≤ y1 were expected. Are they centre, width and height? Corners in pixels are expected: x0, y0, x1, y1.", exception.Message);
    }

    [Theory]
    [InlineData("SaveAsYoloDataset")]
    [InlineData("SaveAsCoco")]
    [InlineData("SaveAsPascalVoc")]
    [InlineData("SaveAsVott")]
    public void Save_LabelIsMissing_LeavesTheRowOutAndSaysSo(string writer)
    {
        var rows = Rows();
        rows[Bad].Label = [""];
        var warnings = new List<string>();
        _mlContext.Log += (_, entry) => warnings.Add(entry.Message);

        Read(writer, rows);

        Assert.Contains(warnings, warning => warning.Contains("1 bad sample of the data is left out", Ordinal)
            && warning.Contains("Row 2, 'Label', object 0: the label is missing.", Ordinal));
        var written = writer switch
        {
            "SaveAsCoco" => _mlContext.Data.LoadFromCoco(_folder.File("set.json"), _folder.Path),
            "SaveAsPascalVoc" => _mlContext.Data.LoadFromPascalVoc(_folder.File("set"), "train"),
            "SaveAsVott" => _mlContext.Data.LoadFromVott(_folder.File("set.json")),
            _ => _mlContext.Data.LoadFromYoloDataset(_folder.File("set")),
        };
        Assert.Equal(["0.png", "1.png", "3.png"], Datasets.LabelledRows.Of(_mlContext, written).Select(row => row.Name));
    }

    [Theory]
    [InlineData(BadSampleHandling.Throw)]
    [InlineData(BadSampleHandling.Skip)]
    public void Fit_ImageWasDisposed_NamesItsRowOrLeavesItOut(BadSampleHandling handling)
    {
        const string Message = "Row 2: the image in column 'Image' was disposed before it was read.";
        var rows = SquareImages.Draw(4);
        rows[Bad].Image.Dispose();
        var warnings = new List<string>();
        _mlContext.Log += (_, entry) => warnings.Add(entry.Message);
        var options = TinyRun.Options(epochs: 1);
        options.BadSampleHandling = handling;
        var trainer = _mlContext.MulticlassClassification.Trainers.Yolo(options);

        var exception = Record.Exception(() => trainer.Fit(SquareImages.AsView(_mlContext, rows)).Dispose());

        if (handling == BadSampleHandling.Throw)
            Assert.Equal(Message, Assert.IsType<FormatException>(exception).Message);
        else
            Assert.Contains(warnings, warning => warning.EndsWith($"1 bad sample of the training data is left out.{Environment.NewLine}  {Message}", Ordinal));
    }

    [Fact]
    public void Transform_ImageWasDisposed_NamesItsRow()
    {
        using var detector = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        var rows = SquareImages.Draw(4);
        rows[Bad].Image.Dispose();
        var scored = detector.Transform(_mlContext.Data.LoadFromEnumerable(rows));

        var exception = Assert.Throws<FormatException>(() => scored.GetColumn<float[]>("Score").ToList());

        Assert.Equal("Row 2: the image in column 'Image' was disposed before it was read.", exception.Message);
    }

    [Fact]
    public void Fit_ValidationSetIsEmpty_SaysThatItIsTheValidationData()
    {
        var options = TinyRun.Options(epochs: 1);
        options.ValidationSet = SquareImages.AsView(_mlContext, []);

        var exception = Assert.Throws<InvalidOperationException>(() => TinyRun.Fit(_mlContext, options));

        Assert.Equal("The validation data has no row.", exception.Message);
    }

    [Theory]
    [InlineData("disposed", "Row 0: the image in column 'Small' was disposed before it was read.")]
    [InlineData("absent", "Row 0 has no image in column 'Image'.")]
    [InlineData("three", "Row 0 has 3 numbers in 'Boxes'; 4 per object were expected.")]
    [InlineData("inverted", "Row 0, 'Boxes', box 1: (0, 9, 9, 0) is inverted; x0 ≤ x1 and y0 ≤ y1 were expected. Are they centre, width and height? Corners in pixels are expected: x0, y0, x1, y1.")]
    public void ResizeBoundingBoxes_RowIsBad_NamesRowAndColumn(string kind, string message)
    {
        var row = new ResizedRow { Image = Plain(), Small = Plain(), Boxes = kind == "three" ? [1, 2, 3] : [0, 0, 9, 9, 0, kind == "inverted" ? 9 : 0, 9, 0] };
        if (kind == "disposed")
            row.Small!.Dispose();
        if (kind == "absent")
            row.Image = null;
        var data = _mlContext.Data.LoadFromEnumerable([row]);
        var resized = _mlContext.Transforms.ResizeBoundingBoxes("Out", "Boxes", "Image", "Small").Fit(data).Transform(data);

        var exception = Assert.Throws<FormatException>(() => resized.GetColumn<float[]>("Out").ToList());

        Assert.Equal(message, exception.Message);
    }

    [Fact]
    public void Fit_ResizedBoxesOfOneRowAreBad_NamesItsNumberOnce()
    {
        var rows = SquareImages.Draw(4);
        rows[Bad].BoundingBoxes = [9, 9, 3, 3];
        var warnings = new List<string>();
        _mlContext.Log += (_, entry) => warnings.Add(entry.Message);
        var options = TinyRun.Options(epochs: 1);
        (options.BadSampleHandling, options.ImageColumnName, options.BoundingBoxColumnName) = (BadSampleHandling.Skip, "Small", "Resized");
        var data = SquareImages.AsView(_mlContext, rows);
        var resize = _mlContext.Transforms.ResizeImages("Small", 32, 32, "Image")
            .Append(_mlContext.Transforms.ResizeBoundingBoxes("Resized", "BoundingBoxes", "Image", "Small"));
        var resized = resize.Fit(data).Transform(data);

        _mlContext.MulticlassClassification.Trainers.Yolo(options).Fit(resized).Dispose();

        Assert.Contains(warnings, warning => warning.Contains($"is left out.{Environment.NewLine}  Row 2, 'BoundingBoxes', box 0: (9, 9, 3, 3) is inverted", Ordinal));
    }

    private static MLImage Plain() => MLImage.CreateFromPixels(10, 10, MLPixelFormat.Bgra32, new byte[400]);

    private void Read(string reader, IReadOnlyList<Row> rows)
    {
        var data = _mlContext.Data.LoadFromEnumerable(rows);
        switch (reader)
        {
            case "Yolo.Fit":
                var keys = _mlContext.Transforms.Conversion.MapValueToKey("Label").Append(_mlContext.Transforms.LoadImages("Image", "", "ImagePath"));
                keys.Append(_mlContext.MulticlassClassification.Trainers.Yolo(TinyRun.Options())).Fit(data).Dispose();
                break;
            case "EvaluateDetections":
                _mlContext.MulticlassClassification.EvaluateDetections(data);
                break;
            case "SummarizeDetections":
                _mlContext.Data.SummarizeDetections(data);
                break;
            case "SaveAsYoloDataset":
                _mlContext.Data.SaveAsYoloDataset(data, _folder.File("set"));
                break;
            case "SaveAsPascalVoc":
                _mlContext.Data.SaveAsPascalVoc(data, _folder.File("set"));
                break;
            case "SaveAsVott":
                _mlContext.Data.SaveAsVott(data, _folder.File("set.json"));
                break;
            default:
                _mlContext.Data.SaveAsCoco(data, _folder.File("set.json"), _folder.Path);
                break;
        }
    }

    private List<Row> Rows() => [.. Enumerable.Range(0, 4).Select(i =>
    {
        Datasets.LabelledRows.WritePicture(_folder.File($"{i}.png"));
        return new Row
        {
            ImagePath = _folder.File($"{i}.png"),
            Label = ["a"],
            BoundingBoxes = [1, 2, 10, 12],
            PredictedLabel = ["a"],
            PredictedBoundingBoxes = [1, 2, 10, 12],
            Score = [0.9f],
        };
    })];

    private sealed class Row
    {
        public string ImagePath { get; set; } = "";

        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];

        public string[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];
    }

    private sealed class ResizedRow
    {
        [ImageType(10, 10)]
        public MLImage? Image { get; set; }

        [ImageType(10, 10)]
        public MLImage? Small { get; set; }

        public float[] Boxes { get; set; } = [];
    }
}
