using Microsoft.ML;
using ML.Yolo.Tests.Onnx;

namespace ML.Yolo.Tests.Detecting;

/// <summary>A disposed detector refuses every use and harms nothing; one that is disposed while others score lets them finish.</summary>
public sealed class DisposingTests : IDisposable
{
    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ScoringEngine.LibTorch)]
    [InlineData(ScoringEngine.OnnxRuntime)]
    public void Use_AfterDispose_SaysThatAPredictionEngineDisposesItsModel(ScoringEngine engine)
    {
        var images = SquareImages.AsView(_mlContext, SquareImages.Draw(2));
        var model = Create(engine);
        var rows = model.Transform(images);
        model.Dispose();
        model.Dispose();

        foreach (var use in new Action[]
        {
            () => model.Transform(images),
            () => model.GetOutputSchema(images.Schema),
            () => ((ITransformer)model).GetRowToRowMapper(images.Schema),
            () => Assert.NotEmpty(_mlContext.Data.CreateEnumerable<ScoreRow>(rows, reuseRowObject: false)),
            () => model.SaveWeights(_folder.File("a")),
            () => model.SaveAsOnnx(_folder.File("a")),
            () => model.ToOnnxRuntime(_mlContext),
            () => _ = model.Network,
            () => _mlContext.Model.SaveAtomically(model, null, _folder.File("a")),
        })
        {
            Assert.Contains("OwnsTransformer = false", Assert.Throws<ObjectDisposedException>(use).Message, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void SaveAtomically_ModelThatAPredictionEngineDisposed_LeavesTheFile()
    {
        var images = SquareImages.AsView(_mlContext, SquareImages.Draw(2));
        var model = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        _mlContext.Model.SaveAtomically(model, images.Schema, _folder.File("model.zip"));
        var before = File.ReadAllBytes(_folder.File("model.zip"));
        using (_mlContext.Model.CreatePredictionEngine<SquareImages.Row, ScoreRow>(model))
        {
        }

        Assert.Throws<ObjectDisposedException>(() => _mlContext.Model.SaveAtomically(model, images.Schema, _folder.File("model.zip")));

        Assert.Equal(before, File.ReadAllBytes(_folder.File("model.zip")));
    }

    [Theory]
    [InlineData(ScoringEngine.LibTorch, 5)]
    [InlineData(ScoringEngine.OnnxRuntime, 5)]
    public void Dispose_WhileSixteenThreadsScore_LetsThemFinish(ScoringEngine engine, int rounds) => Race(engine, rounds);

    [Theory]
    [InlineData(ScoringEngine.LibTorch)]
    [InlineData(ScoringEngine.OnnxRuntime)]
    [Trait("Category", "Long")]
    public void Dispose_AThousandTimesWhileSixteenThreadsScore_LetsThemFinish(ScoringEngine engine) => Race(engine, rounds: 1000);

    /// <summary>Every score is either the right one or refused since the detector was disposed.</summary>
    private void Race(ScoringEngine engine, int rounds)
    {
        var path = PictureFolder.Write(_folder, 2)[1];
        using var source = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        _mlContext.Model.SaveAtomically(source, null, _folder.File("torch.zip"));
        using (var onnx = source.ToOnnxRuntime(_mlContext))
            _mlContext.Model.SaveAtomically(onnx, null, _folder.File("onnx.zip"));
        var zip = _folder.File(engine == ScoringEngine.LibTorch ? "torch.zip" : "onnx.zip");
        using var calm = YoloDetector.Load(zip, _mlContext);
        var (expected, random, scored) = (calm.Detect(path), new Random(1), 0);
        var wrong = new List<string>();
        for (var round = 0; round < rounds; round++)
        {
            using var detector = YoloDetector.Load(zip, _mlContext);
            using var start = new Barrier(17);
            var threads = Enumerable.Range(0, 16).Select(_ => new Thread(Score)).ToList();
            threads.ForEach(thread => thread.Start());
            start.SignalAndWait();
            Thread.SpinWait(random.Next(200_000));
            detector.Dispose();
            threads.ForEach(thread => thread.Join());

            void Score()
            {
                start.SignalAndWait();
                try
                {
                    while (true)
                    {
                        if (!detector.Detect(path).SequenceEqual(expected))
                            throw new InvalidOperationException("A score differs.");
                        Interlocked.Increment(ref scored);
                    }
                }
                catch (ObjectDisposedException)
                {
                    // As it should be.
                }
                catch (Exception exception)
                {
                    lock (wrong)
                        wrong.Add(exception.ToString());
                }
            }
        }

        Assert.Empty(wrong);
        Assert.True(scored > 0 || rounds < 100);
    }

    private YoloTransformer Create(ScoringEngine engine)
    {
        var torch = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        if (engine == ScoringEngine.LibTorch)
            return torch;
        using (torch)
            return torch.ToOnnxRuntime(_mlContext);
    }

    private sealed class ScoreRow
    {
        public float[] Score { get; set; } = [];
    }
}
