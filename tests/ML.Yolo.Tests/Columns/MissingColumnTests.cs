using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Interop;
using ML.Yolo.Tests.Training;

namespace ML.Yolo.Tests.Columns;

/// <summary>Whoever looks for a column says in one text, by one exception, what is wrong with it.</summary>
public sealed class MissingColumnTests
{
    private readonly MLContext _mlContext = new();

    public static TheoryData<string> Doors =>
    [
        "Yolo.Fit", "Yolo.GetOutputSchema", "EvaluateDetections", "SummarizeDetections", "SaveAsYoloDataset", "SaveAsCoco", "SaveAsPascalVoc",
        "SaveAsVott", "GetClassNames",
        "ResizeBoundingBoxes.Fit", "ResizeBoundingBoxes.GetOutputSchema", "LoadYolo.GetOutputSchema", "DetectionReport.Write",
    ];

    [Theory]
    [MemberData(nameof(Doors))]
    public void Door_ColumnIsAbsent_NamesRoleNameExpectedAndTheColumnsThereAre(string door)
    {
        var data = _mlContext.Data.LoadFromEnumerable([new { First = 1f, Second = "" }]);

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => Open(door, data));

        Assert.Matches(@"^The [a-z ]+ column '[A-Za-z]+' is not in the data; .+ was expected\. There are: First, Second\.", exception.Message);
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public void Door_ColumnIsOfAnotherType_NamesRoleNameFoundAndExpected(string door)
    {
        var data = _mlContext.Data.LoadFromEnumerable([new WrongRow()]);

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => Open(door, data));

        Assert.Matches(@"^The [a-z ]+ column '[A-Za-z]+' is a single Double; .+ was expected\.", exception.Message);
    }

    [Theory]
    [InlineData(false, "a single String")]
    [InlineData(true, "a single key (UInt32)")]
    public void Fit_OneLabelPerImage_SaysHowItBecomesAVector(bool isKey, string found)
    {
        var rows = SquareImages.Draw(2).Select(row => new SingleLabelRow { Image = row.Image, Label = "red", BoundingBoxes = row.BoundingBoxes }).ToList();
        var texts = _mlContext.Data.LoadFromEnumerable(rows);
        var data = isKey ? _mlContext.Transforms.Conversion.MapValueToKey("Label").Fit(texts).Transform(texts) : texts;

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => _mlContext.MulticlassClassification.Trainers.Yolo(TinyRun.Options()).Fit(data));

        Assert.StartsWith($"The label column 'Label' is {found}; a vector of text or of keys was expected.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Transforms.Concatenate makes a vector of a single one", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_KeysOfEightBits_AreRefusedByName()
    {
        var rows = SquareImages.Draw(2).Select(row => new ByteKeyRow { Image = row.Image, BoundingBoxes = row.BoundingBoxes }).ToList();
        var data = _mlContext.Data.LoadFromEnumerable(rows);

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => _mlContext.MulticlassClassification.Trainers.Yolo(TinyRun.Options()).Fit(data));

        const string Expected = "The label column 'Label' is a vector of key (Byte); a vector of text or of keys was expected.";
        Assert.StartsWith(Expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetClassNames_FourBillionKeysWithoutNames_AreRefusedBeforeMemoryIsTaken()
    {
        var data = _mlContext.Data.LoadFromEnumerable([new UnnamedKeyRow()]);

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => _mlContext.Data.GetClassNames(data));

        Assert.StartsWith("The keys of the column 'Label' have no names, and 4294967295 values", exception.Message, StringComparison.Ordinal);
    }

    private void Open(string door, IDataView data)
    {
        using var folder = new TemporaryFolder();
        var shape = SchemaColumn.ShapeOf(data.Schema);
        var trainer = _mlContext.MulticlassClassification.Trainers.Yolo(TinyRun.Options());
        var resizing = _mlContext.Transforms.ResizeBoundingBoxes();
        Action open = door switch
        {
            "Yolo.Fit" => () => trainer.Fit(data),
            "Yolo.GetOutputSchema" => () => trainer.GetOutputSchema(shape),
            "EvaluateDetections" => () => _mlContext.MulticlassClassification.EvaluateDetections(data),
            "SummarizeDetections" => () => _mlContext.Data.SummarizeDetections(data),
            "SaveAsYoloDataset" => () => _mlContext.Data.SaveAsYoloDataset(data, folder.File("set")),
            "SaveAsCoco" => () => _mlContext.Data.SaveAsCoco(data, folder.File("set.json"), folder.Path),
            "SaveAsPascalVoc" => () => _mlContext.Data.SaveAsPascalVoc(data, folder.File("set")),
            "SaveAsVott" => () => _mlContext.Data.SaveAsVott(data, folder.File("set.json")),
            "GetClassNames" => () => _mlContext.Data.GetClassNames(data),
            "ResizeBoundingBoxes.Fit" => () => resizing.Fit(data),
            "ResizeBoundingBoxes.GetOutputSchema" => () => resizing.GetOutputSchema(shape),
            "LoadYolo.GetOutputSchema" => () => _mlContext.Transforms.LoadYolo("unused.pt", YoloArchitecture.V5Nano, ["a"]).GetOutputSchema(shape),
            "DetectionReport.Write" => () => DetectionReport.Write(folder.Path, NoMetrics(), images: data),
            _ => throw new ArgumentOutOfRangeException(nameof(door), door, "no such door"),
        };
        open();
    }

    private static DetectionMetrics NoMetrics() => ML.Yolo.Evaluation.DetectionEvaluator.Create(DetectionMetricDefinition.Coco).Evaluate([]);

    /// <summary>The columns by name, all of a type that none may have.</summary>
    private sealed class WrongRow
    {
        public double Image { get; set; }

        public double ImagePath { get; set; }

        public double ResizedImage { get; set; }

        public double Label { get; set; }

        public double BoundingBoxes { get; set; }

        public double PredictedLabel { get; set; }

        public double PredictedBoundingBoxes { get; set; }

        public double Score { get; set; }
    }

    private sealed class SingleLabelRow
    {
        [Microsoft.ML.Transforms.Image.ImageType(64, 64)]
        public MLImage Image { get; set; } = null!;

        public string Label { get; set; } = "";

        public float[] BoundingBoxes { get; set; } = [];
    }

    private sealed class ByteKeyRow
    {
        [Microsoft.ML.Transforms.Image.ImageType(64, 64)]
        public MLImage Image { get; set; } = null!;

        [KeyType(10)]
        public byte[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];
    }

    private sealed class UnnamedKeyRow
    {
        [KeyType(uint.MaxValue)]
        public uint[] Label { get; set; } = [];
    }
}
