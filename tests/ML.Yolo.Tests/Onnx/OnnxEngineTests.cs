using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Boxes;
using ML.Yolo.Networks;
using ML.Yolo.Scoring;
using ML.Yolo.Tests.Weights;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Onnx;

/// <summary>A transformer that scores with ONNX Runtime finds what the LibTorch one finds, and survives a zip.</summary>
public sealed class OnnxEngineTests
{
    private readonly MLContext _mlContext = new();

    [Theory]
    [InlineData("yolov5n")]
    [InlineData("yolov8n")]
    [InlineData("yolo11n")]
    public void ToOnnxRuntime_Images_FindsTheSameObjects(string name)
    {
        using var torch = RandomDetector.Create(YoloArchitecture.Parse(name), imageSize: 64);
        using var onnx = torch.ToOnnxRuntime(_mlContext);
        var images = SquareImages.AsView(_mlContext, SquareImages.Draw(5));

        Assert.Equal((ScoringEngine.LibTorch, ScoringEngine.OnnxRuntime), (torch.ScoringEngine, onnx.ScoringEngine));
        AssertSame(Rows(torch, images), Rows(onnx, images));
    }

    [Theory]
    [InlineData("yolov5n", "YoloV3")]
    [InlineData("yolo11n", null)]
    public void Load_ZipSavedFromTheOnnxEngine_FindsTheSameObjects(string name, string? loss)
    {
        using var torch = RandomDetector.Create(YoloArchitecture.Parse(name), imageSize: 64, loss: loss is null ? null : new YoloV3LossOptions());
        using var onnx = torch.ToOnnxRuntime(_mlContext);
        using var loaded = Reload(onnx);
        var images = SquareImages.AsView(_mlContext, SquareImages.Draw(5));

        Assert.Equal(ScoringEngine.OnnxRuntime, loaded.ScoringEngine);
        Assert.Equal(torch.ClassNames, loaded.ClassNames);
        AssertSame(Rows(torch, images), Rows(loaded, images));
    }

    [Fact]
    public void ToOnnxRuntime_ScoringChangedOnOne_LeavesTheOther()
    {
        using var torch = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        using var onnx = torch.ToOnnxRuntime(_mlContext);

        onnx.Scoring.ScoreThreshold = 0.9f;

        Assert.Equal(0.05f, torch.Scoring.ScoreThreshold);
    }

    [Fact]
    public void ToOnnxRuntime_Decoder_IsTheNetworks()
    {
        using var torch = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64, loss: new YoloV3LossOptions());
        using var onnx = torch.ToOnnxRuntime(_mlContext);

        var (expected, actual) = (Assert.IsType<AnchorDecoder>(torch.Engine.Decoder), Assert.IsType<AnchorDecoder>(onnx.Engine.Decoder));
        Assert.Equal((YoloArchitecture.V5Nano.Anchors, YoloV3BoxCoding.Instance), (expected.Anchors, expected.Coding));
        Assert.Equal((expected.Anchors, expected.Coding), (actual.Anchors, actual.Coding));
        Assert.Equal((torch.Architecture, torch.ImageSize), (onnx.Architecture, onnx.ImageSize));
    }

    [Fact]
    public void EvaluateDetections_OnnxEngine_MeasuresWhatLibTorchMeasures()
    {
        using var torch = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        using var onnx = torch.ToOnnxRuntime(_mlContext);
        var data = _mlContext.Data.LoadFromEnumerable(SquareImages.Draw(5));

        var (expected, actual) = (_mlContext.MulticlassClassification.EvaluateDetections(torch, data), _mlContext.MulticlassClassification.EvaluateDetections(onnx, data));

        Assert.True(expected.DetectionCount > 0);
        Assert.Equal(expected.DetectionCount, actual.DetectionCount);
    }

    [Fact]
    public void Load_ZipSavedAgain_HoldsTheSameModel()
    {
        using var folder = new TemporaryFolder();
        using var torch = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        using var onnx = torch.ToOnnxRuntime(_mlContext);
        using var loaded = Reload(onnx);
        _mlContext.Model.Save(onnx, null, folder.File("first.zip"));
        _mlContext.Model.Save(loaded, null, folder.File("second.zip"));

        Assert.Equal(Model(folder.File("first.zip")), Model(folder.File("second.zip")));
    }

    [Fact]
    public void Load_OneByteOfTheModelChanged_SaysThatItIsDamaged()
    {
        using var folder = new TemporaryFolder();
        using var torch = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        using var onnx = torch.ToOnnxRuntime(_mlContext);
        _mlContext.Model.Save(onnx, null, folder.File("model.zip"));
        using (var zip = ZipFile.Open(folder.File("model.zip"), ZipArchiveMode.Update))
        {
            using var stream = zip.Entries.Single(entry => entry.Name == "model.onnx").Open();
            stream.Position = 1000;
            var value = (byte)stream.ReadByte();
            stream.Position = 1000;
            stream.WriteByte((byte)~value);
        }

        var exception = Assert.ThrowsAny<Exception>(() => _mlContext.Model.Load(folder.File("model.zip"), out _));

        Assert.Contains("'model.onnx' is damaged: its checksum is", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Network_OfTheOnnxEngine_SaysThatThereIsNone()
    {
        using var torch = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        using var onnx = torch.ToOnnxRuntime(_mlContext);

        Assert.Contains("scores with OnnxRuntime", Assert.Throws<InvalidOperationException>(() => onnx.Network).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => onnx.ToOnnxRuntime(_mlContext));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GreedySuppression_RandomPredictions_KeepsWhatTheTensorsKeep(bool multiLabel)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        var predictions = new Predictions(cat([rand(1, 400, 2) * 100, (rand(1, 400, 2) * 40) + 5], 2), rand(1, 400, 3) * rand(1, 400, 1));
        var rows = new PredictionRows(3);
        for (var i = 0; i < 400; i++)
            cat([predictions.Boxes[0, i], predictions.Scores[0, i]]).data<float>().CopyTo(rows.Add(i));
        var options = new NmsOptions { ScoreThreshold = 0.1f, IouThreshold = 0.4f, MultiLabel = multiLabel, MaxDetections = 100, MaxCandidates = 300, Classes = multiLabel ? [0, 2] : null };

        var (actual, indices) = GreedySuppression.Apply(rows, options);

        Assert.NotEmpty(actual);
        var expected = NonMaxSuppression.Apply(predictions, options)[0];
        TensorAssert.Close(expected.Rows, tensor(actual).view(-1, 6), relative: 1e-6, absolute: 1e-5);
        Assert.Equal(expected.Indices.data<long>().ToArray(), indices.Select(index => (long)index));
    }

    [SharedFact]
    public void ToOnnxRuntime_CocoWeightsOnSixteenImages_FindsEveryDetectionOneToOne()
    {
        var images = _mlContext.Data.LoadFromEnumerable(CocoImages.Read().Take(16));
        var loader = _mlContext.Transforms.LoadImages("Image", "", "ImagePath").Fit(images);
        using var torch = CocoDetector.Load(_mlContext, loader.Transform(images));
        using var onnx = torch.ToOnnxRuntime(_mlContext);

        AssertSame(Rows(torch, loader.Transform(images)), Rows(onnx, loader.Transform(images)));
    }

    private static byte[] Model(string zip)
    {
        using var archive = ZipFile.OpenRead(zip);
        using var stream = archive.Entries.Single(entry => entry.Name == "model.onnx").Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private YoloTransformer Reload(YoloTransformer transformer)
    {
        using var stream = new MemoryStream();
        _mlContext.Model.Save(transformer, null, stream);
        stream.Position = 0;
        return (YoloTransformer)_mlContext.Model.Load(stream, out _);
    }

    private Scored[] Rows(YoloTransformer transformer, IDataView images)
        => [.. _mlContext.Data.CreateEnumerable<Scored>(transformer.Transform(images), reuseRowObject: false, ignoreMissingColumns: false)];

    private static void AssertSame(Scored[] expected, Scored[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.Contains(expected, row => row.Score.Length > 0);
        foreach (var (wanted, found) in expected.Zip(actual))
        {
            Assert.Equal(wanted.PredictedLabel, found.PredictedLabel);
            Assert.All(wanted.Score.Zip(found.Score), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
            Assert.All(wanted.PredictedBoundingBoxes.Zip(found.PredictedBoundingBoxes), pair => Assert.Equal(pair.First, pair.Second, 0.05f));
        }
    }

    private sealed class Scored
    {
        public uint[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];
    }
}
