using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using ML.Yolo.Tests.Onnx;

namespace ML.Yolo.Tests.Serving;

/// <summary>Detectors in ML.NET's pool of engines, as docs/serving.md tells.</summary>
public sealed class EnginePoolTests
{
    private readonly MLContext _mlContext = new();

    [Theory]
    [InlineData(ScoringEngine.LibTorch)]
    [InlineData(ScoringEngine.OnnxRuntime)]
    public void Predict_SixteenThreadsWhileModelsAreReloaded_FindsTheSameAlways(ScoringEngine engine)
    {
        var image = SquareImages.Draw(2)[1].Image;
        using var first = Create(engine);
        var pool = new EnginePool<Photo, Found>(_mlContext, first);
        var expected = pool.Rent().Predict(new Photo { Image = image }).Score;
        var (models, wrong, predicted) = (new List<YoloTransformer>(), 0, 0);

        var threads = Enumerable.Range(0, 16).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 6; i++)
            {
                var rented = pool.Rent();
                if (!rented.Predict(new Photo { Image = image }).Score.SequenceEqual(expected))
                    Interlocked.Increment(ref wrong);
                Interlocked.Increment(ref predicted);
                pool.Return(rented);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        for (var i = 0; i < 3; i++)
        {
            models.Add(Create(engine));
            pool.Reload(models[^1]);
        }

        threads.ForEach(thread => thread.Join());
        models.ForEach(model => model.Dispose());

        Assert.NotEmpty(expected);
        Assert.Equal((0, 16 * 6), (wrong, predicted));
    }

    [Theory]
    [InlineData(ScoringEngine.LibTorch)]
    [InlineData(ScoringEngine.OnnxRuntime)]
    public void Predict_OldModelDisposedAtTheSwap_IsRefusedByNameAndTheNewOneServes(ScoringEngine engine)
    {
        var image = SquareImages.Draw(2)[1].Image;
        var (old, next) = (Create(engine), Create(engine));
        var pool = new EnginePool<Photo, Found>(_mlContext, old);
        var stillOut = pool.Rent();
        var expected = stillOut.Predict(new Photo { Image = image }).Score;

        pool.Reload(next);
        old.Dispose();

        Assert.Throws<ObjectDisposedException>(() => stillOut.Predict(new Photo { Image = image }));
        pool.Return(stillOut);
        Assert.Equal(expected, pool.Rent().Predict(new Photo { Image = image }).Score);
        next.Dispose();
    }

    private YoloTransformer Create(ScoringEngine engine)
    {
        var torch = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        if (engine == ScoringEngine.LibTorch)
            return torch;
        using (torch)
            return torch.ToOnnxRuntime(_mlContext);
    }

    private sealed class Photo
    {
        [ImageType(64, 64)]
        public MLImage Image { get; set; } = null!;
    }

    private sealed class Found
    {
        public float[] Score { get; set; } = [];
    }
}
