using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Tests;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Tests.Onnx;

namespace ML.Yolo.Abuse.Concurrency;

/// <summary>One detector, many threads; others change its options, save it, and put another in its place meanwhile.</summary>
public sealed class SharedDetectorTests : IDisposable
{
    private const int ThreadCount = 16;
    private const int Rounds = 12;

    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();
    private readonly IReadOnlyList<SquareImages.Row> _rows = SquareImages.Draw(5);

    public static TheoryData<ScoringEngine> Engines => [ScoringEngine.LibTorch, ScoringEngine.OnnxRuntime];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Engines))]
    public void Transform_SixteenThreadsOnOneTransformer_GivesEachWhatOneAloneGets(ScoringEngine engine)
    {
        using var model = Create(engine);
        var data = SquareImages.AsView(_mlContext, _rows);
        var expected = Scores(model, data);
        Assert.NotEmpty(expected);

        Threads.Run(ThreadCount, _ =>
        {
            for (var round = 0; round < Rounds; round++)
                Assert.Equal(expected, Scores(model, data));
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Predict_SixteenThreadsEachWithAnEngineOfItsOwn_GivesEachWhatOneAloneGets(ScoringEngine engine)
    {
        using var model = Create(engine);
        var options = new PredictionEngineOptions { OwnsTransformer = false };
        var expected = Predict(_mlContext.Model.CreatePredictionEngine<SquareImages.Row, Found>(model, options));
        Assert.NotEmpty(expected.SelectMany(scores => scores));

        Threads.Run(ThreadCount, _ =>
        {
            using var own = _mlContext.Model.CreatePredictionEngine<SquareImages.Row, Found>(model, options);
            for (var round = 0; round < Rounds; round++)
                Assert.Equal(expected, Predict(own));
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Detect_OptionsChangeMeanwhile_IsWhatOneOfThemGives(ScoringEngine engine)
    {
        using var detector = new YoloDetector(Create(engine), ownsModel: true);
        var image = _rows[1].Image;
        var allowed = new[] { 0.05f, 0.3f, 0.6f }.Select(threshold =>
        {
            detector.Scoring.ScoreThreshold = threshold;
            return detector.Detect(image).ToList();
        }).ToList();

        Threads.Run(ThreadCount, thread =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                if (thread == 0)
                    detector.Scoring.ScoreThreshold = (round % 3) switch { 0 => 0.05f, 1 => 0.3f, _ => 0.6f };
                else
                    Assert.Contains(allowed, detector.Detect(image).SequenceEqual);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Save_OthersScoreAndOneDisposes_IsWholeOrRefusedAndNeverHalf(ScoringEngine engine)
    {
        for (var round = 0; round < 6; round++)
        {
            var model = Create(engine);
            var path = _folder.File($"model-{engine}.zip");
            Threads.Run(4, thread =>
            {
                try
                {
                    if (thread == 0)
                        model.Dispose();
                    else if (thread == 1)
                        _mlContext.Model.SaveAtomically(model, null, path);
                    else
                        Scores(model, SquareImages.AsView(_mlContext, _rows));
                }
                catch (ObjectDisposedException)
                {
                    // Documented: after Dispose every use is refused.
                }
            });
        }

        if (File.Exists(_folder.File($"model-{engine}.zip")))
            YoloDetector.Load(_folder.File($"model-{engine}.zip")).Dispose();
        Assert.Empty(Directory.GetFiles(_folder.Path, ".ml-yolo*"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Detect_ModelIsReloadedMeanwhile_IsRightOrRefused(ScoringEngine engine)
    {
        var path = _folder.File("model.zip");
        using (var source = Create(engine))
            _mlContext.Model.SaveAtomically(source, null, path);
        var (current, image, detected) = (YoloDetector.Load(path), _rows[1].Image, 0);
        var expected = current.Detect(image).ToList();

        Threads.Run(9, thread =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                if (thread == 0)
                {
                    Interlocked.Exchange(ref current, YoloDetector.Load(path)).Dispose();
                    continue;
                }

                try
                {
                    Assert.Equal(expected, Volatile.Read(ref current).Detect(image));
                    Interlocked.Increment(ref detected);
                }
                catch (ObjectDisposedException)
                {
                    // It was the one before.
                }
            }
        });

        current.Dispose();
        Assert.True(detected > 0);
    }

    private static List<float> Scores(YoloTransformer model, IDataView data)
        => [.. model.Transform(data).GetColumn<float[]>("Score").SelectMany(scores => scores)];

    private List<float[]> Predict(PredictionEngine<SquareImages.Row, Found> engine) => [.. _rows.Select(row => engine.Predict(row).Score)];

    private YoloTransformer Create(ScoringEngine engine)
    {
        var torch = RandomDetector.Create(SmallArchitecture.EveryBlock, imageSize: 64);
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
