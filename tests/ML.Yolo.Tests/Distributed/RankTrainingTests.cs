using Microsoft.ML;
using ML.Yolo.Tests.Training;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Distributed;

/// <summary>Training by ranks on threads: what all agree on, and what the first alone does.</summary>
public sealed class RankTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fit_ThreeRanksAndALastBatchOfTwo_GivesAllTheSameDetectorAndHistory()
    {
        var runs = ThreadRanks.Run(3, ranks => Fit(ranks, images: 10));

        Assert.Single(runs.Select(run => run.Weights).Distinct());
        Assert.Single(runs.Select(run => string.Join(';', run.Map)).Distinct());
        Assert.All(runs, run => Assert.Equal(2, run.Map.Count));
    }

    [Fact]
    public void Fit_TwoRanks_LearnsTheSamplesOfOneProcess()
    {
        var alone = Fit(null, images: 10);
        var two = ThreadRanks.Run(2, ranks => Fit(ranks, images: 10));

        // Norms see half of each batch: the losses are near, and not the same.
        Assert.NotEqual(alone.Weights, two[0].Weights);
        Assert.All(alone.FirstLosses.Zip(two[0].FirstLosses), pair => Assert.InRange(pair.Second / pair.First, 0.8, 1.25));
    }

    [Fact]
    public void Fit_TwoRanks_TheFirstAloneReportsAndWrites()
    {
        var heard = new List<int>();
        var runs = ThreadRanks.Run(2, ranks => Fit(ranks, images: 6, options =>
        {
            options.Progress = new Observer(_ =>
            {
                lock (heard)
                    heard.Add(ranks.Rank);
            });
            options.CsvLogPath = _folder.File($"log{ranks.Rank}.csv");
            options.CheckpointDirectory = _folder.File($"run{ranks.Rank}");
        }));

        Assert.NotEmpty(heard);
        Assert.All(heard, rank => Assert.Equal(0, rank));
        Assert.Equal(["log0.csv", "run0"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.NotEmpty(runs[0].Said);
        Assert.Contains("2 processes share every batch: rank 0 is process", string.Join('\n', runs[0].Said), StringComparison.Ordinal);
        Assert.Empty(runs[1].Said);
    }

    [Fact]
    public void Fit_ResumedOnTwoRanks_GoesOnForBothAndSaysSo()
    {
        var checkpoints = _folder.File("run");
        Fit(null, images: 6, options => options.CheckpointDirectory = checkpoints);

        var resumed = ThreadRanks.Run(2, ranks => Fit(ranks, images: 6, options =>
        {
            // The second rank does not see the first one's disk.
            options.CheckpointDirectory = ranks.IsFirst ? checkpoints : _folder.File("elsewhere");
            (options.Resume, options.MaxEpoch) = (true, 3);
        }));

        Assert.Equal(resumed[0].Weights, resumed[1].Weights);
        Assert.Equal([3, 3], resumed.Select(run => run.Map.Count));
        Assert.Contains("1 process shared every batch, and now 2 processes", string.Join('\n', resumed[0].Said), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("elsewhere")));
    }

    [Fact]
    public void Fit_OneRankIsCanceled_StopsAllWithTheBestSoFar()
    {
        using var source = new CancellationTokenSource();
        var runs = ThreadRanks.Run(2, ranks => Fit(ranks, images: 6, options =>
        {
            options.MaxEpoch = 50;
            options.CancellationToken = ranks.Rank == 1 ? source.Token : default;
            if (ranks.IsFirst)
            {
                options.Progress = new Observer(progress =>
                {
                    if (progress is { Epoch: 2, IsEpochEnd: true })
                        source.Cancel();
                });
            }
        }));

        Assert.Equal(runs[0].Weights, runs[1].Weights);
        Assert.Equal(runs[0].Map.Count, runs[1].Map.Count);
        Assert.InRange(runs[0].Map.Count, 2, 10);
    }

    [Fact]
    public void Fit_OneRankIsCanceledWhileItReads_CancelsAll()
    {
        var outcomes = ThreadRanks.Try(2, ranks => Fit(ranks, images: 6, options => options.CancellationToken = new CancellationToken(ranks.Rank == 1)));

        Assert.All(outcomes, outcome => Assert.IsAssignableFrom<OperationCanceledException>(outcome.Exception));
        Assert.Contains("Rank 1 of 2 was canceled", outcomes[0].Exception!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_ListenerOfTheFirstRankThrows_FailsOnAllWithItsMessage()
    {
        var outcomes = ThreadRanks.Try(3, ranks => Fit(ranks, images: 6, options
            => options.Progress = new Observer(_ => throw new IOException("no space left on the device"))));

        Assert.IsType<IOException>(outcomes[0].Exception);
        Assert.All(outcomes[1..], outcome => Assert.IsType<DistributionException>(outcome.Exception));
        Assert.Equal("Rank 0 of 3 failed: no space left on the device", outcomes[2].Exception!.Message);
    }

    [Fact]
    public void Fit_LossOfOneRankThatIsNotFinite_StopsAllAndNamesTheRowsOfTheWholeBatch()
    {
        var outcomes = ThreadRanks.Try(2, ranks => Fit(ranks, images: 4, options => (options.LearningRate, options.GradientClipNorm, options.MaxEpoch) = (1e30, 0, 20)));

        Assert.All(outcomes, outcome => Assert.IsType<TrainingDivergedException>(outcome.Exception));
        Assert.Equal(outcomes[0].Exception!.Message, outcomes[1].Exception!.Message);
    }

    [Fact]
    public void Fit_MoreRanksThanImagesInABatch_IsRefusedOnAll()
    {
        var outcomes = ThreadRanks.Try(2, ranks => Fit(ranks, images: 4, options => options.BatchSize = 1));

        Assert.All(outcomes, outcome => Assert.StartsWith(
            "BatchSize is 1; it must be at least 2: as many processes share every batch", outcome.Exception!.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Fit_OtherOptionsOnOneRank_IsRefusedOnAll()
    {
        var outcomes = ThreadRanks.Try(3, ranks => Fit(ranks, images: 4, options => options.MaxEpoch = ranks.Rank == 2 ? 7 : 8));

        Assert.All(outcomes, outcome => Assert.StartsWith("Rank 2 was given other options than rank 0", outcome.Exception!.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Fit_StatisticsOfTheFirstRankAlone_DifferFromTheirMean()
    {
        var (mean, first) = (ThreadRanks.Run(2, ranks => Fit(ranks, images: 6)), ThreadRanks.Run(2, ranks => Fit(ranks, images: 6, First)));

        Assert.Equal(mean[0].Weights, mean[1].Weights);
        Assert.Equal(first[0].Weights, first[1].Weights);
        Assert.NotEqual(mean[0].Weights, first[0].Weights);

        static void First(YoloTrainer.Options options) => options.AverageNormStatistics = false;
    }

    private static Run Fit(Distribution? ranks, int images, Action<YoloTrainer.Options>? change = null)
    {
        using var scope = NewDisposeScope();
        var mlContext = new MLContext(seed: 1);
        var said = new List<string>();
        mlContext.Log += (_, entry) =>
        {
            if (entry.Source.StartsWith("YoloTrainer", StringComparison.Ordinal) && entry.Kind >= Microsoft.ML.Runtime.ChannelMessageKind.Info)
                said.Add(entry.RawMessage);
        };
        var options = TinyRun.Options();
        options.Distribution = ranks;
        options.ValidationSet = SquareImages.AsView(mlContext, SquareImages.Draw(5, seed: 2));
        change?.Invoke(options);
        using var model = TinyRun.Fit(mlContext, options, images);
        return new Run(
            Checksum.Of(model.Network), [.. model.History!.Epochs.Select(epoch => epoch.MAP50_95 ?? -1)], [.. model.History.Epochs[0].Losses.Values], said);
    }

    private sealed record Run(string Weights, IReadOnlyList<double> Map, IReadOnlyList<float> FirstLosses, IReadOnlyList<string> Said);
}
