using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Tests;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Tests.Onnx;
using ML.Yolo.Tests.Training;
using Xunit.Abstractions;

namespace ML.Yolo.Abuse.Soak;

/// <summary>What is done ten thousand times takes no more at the end than when it was warm.</summary>
[Trait("Category", "Long")]
public sealed class SoakTests(ITestOutputHelper output) : IDisposable
{
    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<ScoringEngine> Engines => [ScoringEngine.LibTorch, ScoringEngine.OnnxRuntime];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Engines))]
    public void Predict_TenThousandTimes_TakesNoMore(ScoringEngine engine)
    {
        using var model = Create(engine);
        using var predictor = _mlContext.Model.CreatePredictionEngine<SquareImages.Row, Found>(model, new PredictionEngineOptions { OwnsTransformer = false });
        var rows = SquareImages.Draw(5);

        Repeat(nameof(Predict_TenThousandTimes_TakesNoMore), engine, warm: 1_000, times: 10_000, i => predictor.Predict(rows[i % rows.Count]));
    }

    /// <summary>Every shape is seen in the warm part; later ones are the same again.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public void Detect_TenThousandImagesOfVariedShapes_TakesNoMore(ScoringEngine engine)
    {
        const int Shapes = 300;
        using var detector = new YoloDetector(Create(engine, imageSize: 320), ownsModel: true);
        detector.Scoring.ScoreThreshold = 0.9f;
        var random = new Random(1);
        var sizes = Enumerable.Range(0, Shapes).Select(_ => (Width: random.Next(20, 640), Height: random.Next(20, 640))).ToArray();

        Repeat(nameof(Detect_TenThousandImagesOfVariedShapes_TakesNoMore), engine, warm: Shapes, times: 10_000, i =>
        {
            var (width, height) = sizes[i % Shapes];
            using var image = MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, new byte[width * height * 4]);
            detector.Detect(image);
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Load_TwoHundredTimes_TakesNoMore(ScoringEngine engine)
    {
        var path = _folder.File("model.zip");
        using (var model = Create(engine))
            _mlContext.Model.SaveAtomically(model, null, path);
        var image = SquareImages.Draw(2)[1].Image;

        Repeat(nameof(Load_TwoHundredTimes_TakesNoMore), engine, warm: 40, times: 200, _ =>
        {
            using var detector = YoloDetector.Load(path, _mlContext);
            detector.Detect(image);
        });
    }

    [Fact]
    public void Fit_TwentyTimes_TakesNoMore()
    {
        var rows = SquareImages.Draw(8);
        Repeat(nameof(Fit_TwentyTimes_TakesNoMore), ScoringEngine.LibTorch, warm: 5, times: 20, i =>
        {
            var options = TinyRun.Options();
            options.Architecture = SmallArchitecture.EveryBlock;
            options.CheckpointDirectory = _folder.File($"run{i}");
            TinyRun.Fit(new MLContext(seed: i), options, rows).Dispose();
        });
    }

    private void Repeat(string name, ScoringEngine engine, int warm, int times, Action<int> act)
    {
        for (var i = 0; i < warm; i++)
            act(i);
        var before = Footprint.Now();
        for (var i = 0; i < times; i++)
            act(i);
        var after = Footprint.Now();
        output.WriteLine($"{name} {engine}: {before} → {after}");
        Console.WriteLine($"SOAK {name} {engine}: {before} → {after}");
        after.AssertNoMoreThan(before);
    }

    private YoloTransformer Create(ScoringEngine engine, int imageSize = 64)
    {
        var torch = RandomDetector.Create(SmallArchitecture.EveryBlock, imageSize);
        if (engine == ScoringEngine.LibTorch)
            return torch;
        using (torch)
            return torch.ToOnnxRuntime(_mlContext);
    }

    private sealed class Found
    {
        public float[] Score { get; set; } = [];
    }
}
