using System.IO.Compression;
using Microsoft.ML;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Tests.Onnx;

namespace ML.Yolo.Tests.Detecting;

/// <summary>Detectors of files of every kind, by their content.</summary>
public sealed class DetectorFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly IReadOnlyList<string> _paths;

    public DetectorFileTests() => _paths = PictureFolder.Write(_folder, 4);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_ModelZip_FindsTheSame()
    {
        using var model = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        new MLContext().Model.SaveAtomically(model, null, _folder.File("model"));

        AssertSame(model, YoloDetector.Load(_folder.File("model")), tolerance: 0);
    }

    [Fact]
    public void Load_SavedWeights_SayAllThatIsNeeded()
    {
        using var model = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64, loss: new YoloV3LossOptions());
        model.SaveWeights(_folder.File("weights"));

        using var detector = YoloDetector.Load(_folder.File("weights"));

        Assert.Equal((model.ImageSize, model.Architecture), (detector.ImageSize, detector.Architecture));
        Assert.Equal(model.ClassNames, detector.ClassNames);
        detector.Scoring.ScoreThreshold = model.Scoring.ScoreThreshold;
        AssertSame(model, detector, tolerance: 0);
    }

    [Fact]
    public void Load_WeightsThatNameNoArchitecture_ReadsItOffTheTensors()
    {
        using var model = RandomDetector.Create(YoloArchitecture.V11Nano, imageSize: 64);
        Safetensors.Save(_folder.File("weights"), model.Network.state_dict().ToDictionary(entry => "module." + entry.Key, entry => entry.Value));

        using var detector = YoloDetector.Load(_folder.File("weights"), architecture: null, model.ClassNames);

        Assert.Equal(YoloArchitecture.V11Nano, detector.Architecture);
    }

    [Fact]
    public void Load_ModelZipThatLacksAPart_SaysSoWithoutWhatMLNetWrapsAroundIt()
    {
        using var model = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        new MLContext().Model.SaveAtomically(model, null, _folder.File("model"));
        using (var zip = ZipFile.Open(_folder.File("model"), ZipArchiveMode.Update))
            zip.Entries.Single(entry => entry.Name == "yolo.json").Delete();

        var exception = Assert.Throws<WeightsFormatException>(() => YoloDetector.Load(_folder.File("model")));

        Assert.Contains("The model has no 'yolo.json'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WeightsOfAnArchitectureOfYourOwn_AskForIt()
    {
        using var model = RandomDetector.Create(SmallArchitecture.EveryBlock, imageSize: 64);
        model.SaveWeights(_folder.File("weights"));

        var exception = Assert.Throws<ArgumentException>(() => YoloDetector.Load(_folder.File("weights")));
        using var detector = YoloDetector.Load(_folder.File("weights"), SmallArchitecture.EveryBlock);

        Assert.Contains($"'{SmallArchitecture.EveryBlock.Name}'", exception.Message, StringComparison.Ordinal);
        Assert.Equal(model.ClassNames, detector.ClassNames);
    }

    [Theory]
    [InlineData(OnnxOutput.RawMaps, null, true)]
    [InlineData(OnnxOutput.RawMaps, 1, false)]
    [InlineData(OnnxOutput.Decoded, 3, false)]
    [InlineData(OnnxOutput.Decoded, null, true)]
    [InlineData(OnnxOutput.Detections, 1, false)]
    [InlineData(OnnxOutput.Detections, null, true)]
    [InlineData(OnnxOutput.Ultralytics, 1, false)]
    [InlineData(OnnxOutput.Ultralytics, null, true)]
    public void Load_OnnxFile_FindsTheSame(OnnxOutput output, int? batchSize, bool isDynamic)
    {
        using var model = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        model.SaveAsOnnx(_folder.File("model"), new OnnxOptions { Output = output, BatchSize = batchSize, DynamicImageSize = isDynamic });
        if (!isDynamic)
            model.Scoring.Canvas = ScoringCanvas.Square;

        using var detector = YoloDetector.Load(_folder.File("model"));
        detector.Scoring.ScoreThreshold = model.Scoring.ScoreThreshold;

        Assert.Equal((ScoringEngine.OnnxRuntime, 64), (detector.ScoringEngine, detector.ImageSize));
        AssertSame(model, detector, tolerance: 1e-2f);
    }

    [Fact]
    public void Load_OnnxFileThatLetterboxes_IsRefused()
    {
        using var model = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        model.SaveAsOnnx(_folder.File("model"), new OnnxOptions { IncludePreprocessing = true });

        Assert.Contains("IncludePreprocessing", Assert.Throws<NotSupportedException>(() => YoloDetector.Load(_folder.File("model"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 8, 8, 18, 3, 1, 2, 3, 4, 5, 6, 7 })]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 80, 75, 3, 4, 0, 0, 0, 0 })]
    public void Load_NothingOfTheKind_IsRefusedByName(byte[] content)
    {
        File.WriteAllBytes(_folder.File("model"), content);

        Assert.Contains("model", Assert.ThrowsAny<FormatException>(() => YoloDetector.Load(_folder.File("model"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ModelZipWithAnArchitectureGiven_SaysToLeaveItOut()
    {
        using var model = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        new MLContext().Model.SaveAtomically(model, null, _folder.File("model"));

        Assert.Equal("architecture", Assert.Throws<ArgumentException>(() => YoloDetector.Load(_folder.File("model"), YoloArchitecture.V5Nano)).ParamName);
    }

    [SharedFact]
    public void Load_UltralyticsCheckpoint_SaysItsArchitectureAndNames()
    {
        using var detector = YoloDetector.Load(Directory.GetFiles(SharedFolder.Path("weights"), "*.pt").Single(path => path.Contains("module", StringComparison.Ordinal)));

        Assert.Equal(YoloArchitecture.V5Nano, detector.Architecture);
        Assert.Equal(Enumerable.Range(0, 80).Select(i => $"{i}"), detector.ClassNames);
    }

    private void AssertSame(YoloTransformer model, YoloDetector detector, float tolerance)
    {
        using var expecting = new YoloDetector(model);
        var (expected, found) = (expecting.DetectMany(_paths).ToList(), detector.DetectMany(_paths).ToList());
        detector.Dispose();
        Assert.Contains(expected, image => image.Count > 0);
        foreach (var (a, b) in expected.Zip(found))
        {
            Assert.Equal(a.Count, b.Count);
            Assert.All(a.Zip(b), pair => AssertSame(pair.First, pair.Second, tolerance));
        }
    }

    private static void AssertSame(DetectedObject a, DetectedObject b, float tolerance)
    {
        Assert.Equal(a.Label, b.Label);
        Assert.InRange(Math.Abs(a.Score - b.Score), 0, tolerance);
        foreach (var (edge, other) in new[] { (a.Box.X0, b.Box.X0), (a.Box.Y0, b.Box.Y0), (a.Box.X1, b.Box.X1), (a.Box.Y1, b.Box.Y1) })
            Assert.InRange(Math.Abs(edge - other), 0, 10 * tolerance);
    }
}
