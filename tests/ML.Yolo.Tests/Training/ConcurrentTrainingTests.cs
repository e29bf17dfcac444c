using Microsoft.ML;

namespace ML.Yolo.Tests.Training;

public sealed class ConcurrentTrainingTests
{
    [Fact]
    public async Task Fit_FourAtOnceBesideLoads_GivesEachTheWeightsOfItsLoneRun()
    {
        using var folder = new TemporaryFolder();
        var mlContext = new MLContext(seed: 1);
        var (zip, weights) = (folder.File("model.zip"), folder.File("model.safetensors"));
        using (var saved = TinyRun.Fit(mlContext, TinyRun.Options(epochs: 1)))
        {
            mlContext.Model.Save(saved, null, zip);
            saved.SaveWeights(weights);
        }

        var alone = new[] { Train(1), Train(2) };
        Assert.NotEqual(alone[0], alone[1]);
        using var end = new CancellationTokenSource();
        var loads = new[]
        {
            Start(() => Repeat(() => ((YoloTransformer)new MLContext().Model.Load(zip, out _)).Dispose(), end.Token)),
            Start(() => Repeat(() => Load(weights), end.Token)),
        };

        var together = await Task.WhenAll(new[] { 1, 2, 1, 2 }.Select(seed => Start(() => Train(seed))));
        await end.CancelAsync();
        var loaded = await Task.WhenAll(loads);

        Assert.Equal([alone[0], alone[1], alone[0], alone[1]], together);
        Assert.DoesNotContain(0, loaded);
    }

    private static string Train(int seed)
    {
        using var model = TinyRun.Fit(new MLContext(seed), TinyRun.Options());
        return Checksum.Of(model.Network);
    }

    private static void Load(string weights)
    {
        var mlContext = new MLContext();
        var data = SquareImages.AsView(mlContext, SquareImages.Draw(1));
        mlContext.Transforms.LoadYolo(weights, YoloArchitecture.V5Nano, ["red", "blue"]).Fit(data).Dispose();
    }

    /// <summary>How often the action was done before the end.</summary>
    private static int Repeat(Action action, CancellationToken end)
    {
        var count = 0;
        for (; !end.IsCancellationRequested; count++)
            action();
        return count;
    }

    private static Task<T> Start<T>(Func<T> run) => Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
