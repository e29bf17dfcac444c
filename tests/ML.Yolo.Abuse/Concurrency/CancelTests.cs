using Microsoft.ML;
using ML.Yolo.Tests;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Tests.Training;

namespace ML.Yolo.Abuse.Concurrency;

/// <summary>Training that is canceled at any stage ends there: with what it has, or by saying so; and its folder can be gone on from.</summary>
public sealed class CancelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fit_CanceledAfterAnyNumberOfQuestions_GivesAModelOrSaysSoAndLeavesTheFolderWhole()
    {
        var total = Run(int.MaxValue, "whole").Asked;
        Assert.True(total >= 6, $"only {total} batches were told of");
        var whole = 0;

        for (var limit = 0; limit <= total; limit++)
        {
            var name = $"run{limit}";
            whole += Run(limit, name).IsModel ? 1 : 0;
            Assert.Empty(Directory.Exists(_folder.File(name, "x")) ? Directory.GetFiles(_folder.File(name), "*.tmp") : []);
            var (isModel, _) = Run(int.MaxValue, name, resume: true);
            Assert.True(isModel, $"The run that was canceled after {limit} could not be gone on with.");
        }

        Assert.InRange(whole, 1, total);
    }

    [Fact]
    public void Fit_TrainingsAtOnceOfWhichOneIsCanceled_LeavesTheOthersTheirWeights()
    {
        string Train(CancellationToken token = default)
        {
            var options = Options(2);
            options.CancellationToken = token;
            using var model = TinyRun.Fit(new MLContext(seed: 2), options, images: 4);
            return Checksum.Of(model.Network);
        }

        var expected = Train();
        using var cancel = new CancellationTokenSource();
        Threads.Run(4, thread =>
        {
            if (thread == 0)
                cancel.Cancel();
            else if (thread == 1)
                Assert.Throws<OperationCanceledException>(() => Train(cancel.Token));
            else
                Assert.Equal(expected, Train());
        });
    }

    private static YoloTrainer.Options Options(int epochs)
    {
        var options = TinyRun.Options(epochs);
        options.Architecture = SmallArchitecture.EveryBlock;
        options.BatchSize = 2;
        return options;
    }

    /// <summary>Trains, and cancels when progress was told of so many times: after any batch and any epoch.</summary>
    private (bool IsModel, int Asked) Run(int limit, string name, bool resume = false)
    {
        using var cancel = new CancellationTokenSource();
        var (options, asked) = (Options(2), 0);
        options.ValidationSet = SquareImages.AsView(new MLContext(), SquareImages.Draw(2, seed: 3));
        (options.CheckpointDirectory, options.Resume, options.CancellationToken) = (Path.Combine(_folder.Path, name), resume, cancel.Token);
        options.Progress = new Listener(() =>
        {
            if (asked++ >= limit)
                cancel.Cancel();
        });
        if (limit == 0)
            cancel.Cancel();
        try
        {
            using var model = TinyRun.Fit(new MLContext(seed: 1), options, images: 4);
            return (true, asked);
        }
        catch (OperationCanceledException)
        {
            return (false, asked);
        }
    }

    private sealed class Listener(Action told) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => told();
    }
}
