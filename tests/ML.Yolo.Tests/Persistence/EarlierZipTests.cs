using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Tests.Persistence;

/// <summary>Zips that earlier versions saved load, and detect what they detected then.</summary>
public sealed class EarlierZipTests
{
    private readonly MLContext _mlContext = new();

    [SharedTheory]
    [InlineData("version1-v5", ScoringEngine.LibTorch, "YoloV5")]
    [InlineData("version1-v3", ScoringEngine.LibTorch, "YoloV3")]
    [InlineData("version1-onnx", ScoringEngine.OnnxRuntime, "YoloV5")]
    public void Load_ZipOfVersion1_DetectsWhatItDidThen(string name, ScoringEngine engine, string decoder)
    {
        using var expected = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Path("golden", "zips", $"{name}.json")));
        var model = _mlContext.Model.Load(SharedFolder.Path("golden", "zips", $"{name}.zip"), out _);
        using var disposing = (IDisposable)model;

        var scenes = expected.RootElement.EnumerateArray().ToList();
        var paths = scenes.Select(scene => SharedFolder.Path("golden", "zips", scene.GetProperty("image").GetString()!));
        var images = _mlContext.Data.LoadFromEnumerable(paths.Select(path => new Input { ImagePath = path }));
        var rows = _mlContext.Data.CreateEnumerable<Detected>(model.Transform(images), reuseRowObject: false).ToList();

        var detector = Assert.Single(((IEnumerable<ITransformer>)model).OfType<YoloTransformer>());
        Assert.Equal((engine, decoder), (detector.ScoringEngine, detector.Engine.Decoder.Coding.Name));
        Assert.Equal((4, 4), (scenes.Count, rows.Count));
        foreach (var (scene, row) in scenes.Zip(rows))
        {
            Assert.NotEmpty(row.Score);
            Assert.Equal(Numbers(scene, "labels"), row.PredictedLabel.Select(label => (double)label));
            AssertClose(Numbers(scene, "boxes"), row.PredictedBoundingBoxes, 1e-3);
            AssertClose(Numbers(scene, "scores"), row.Score, 1e-4);
        }
    }

    [SharedFact]
    public void Load_ZipOfVersion1_KeepsItsScoringOptions()
    {
        using var model = (TransformerChain<ITransformer>)_mlContext.Model.Load(SharedFolder.Path("golden", "zips", "version1-v5.zip"), out _);

        var scoring = ((YoloTransformer)model.LastTransformer).Scoring;

        Assert.Equal((0.15f, 0.5f, false), (scoring.ScoreThreshold, scoring.IouThreshold, scoring.MultiLabel));
        Assert.Equal((300, ScoringCanvas.Tight, 8), (scoring.MaxDetections, scoring.Canvas, scoring.BatchSize));
    }

    private static double[] Numbers(JsonElement scene, string property)
        => [.. scene.GetProperty(property).EnumerateArray().Select(number => number.GetDouble())];

    private static void AssertClose(double[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    private sealed class Input
    {
        public string ImagePath { get; set; } = "";
    }

    private sealed class Detected
    {
        public uint[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];
    }
}
