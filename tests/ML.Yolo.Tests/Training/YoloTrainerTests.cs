using Microsoft.ML;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Training;

public sealed class YoloTrainerTests
{
    [Fact]
    public void Fit_AnyNumberOfLoaderThreads_GivesTheSameWeights()
    {
        var one = TinyRun.Options();
        var three = TinyRun.Options();
        (one.LoaderThreads, three.LoaderThreads) = (1, 3);

        using var first = TinyRun.Fit(new MLContext(1), one);
        using var second = TinyRun.Fit(new MLContext(1), three);

        Assert.Equal(Checksum.Of(first.Network), Checksum.Of(second.Network));
    }

    [Fact]
    public void Fit_NoLoaderThreads_IsRefused()
    {
        var options = TinyRun.Options();
        options.LoaderThreads = 0;

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => TinyRun.Fit(new MLContext(1), options));

        Assert.Contains("LoaderThreads", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_SameSeedTwice_GivesTheSameWeights()
    {
        using var first = TinyRun.Fit(new MLContext(seed: 7), TinyRun.Options());
        using var second = TinyRun.Fit(new MLContext(seed: 7), TinyRun.Options());

        Assert.Equal(Checksum.Of(first.Network), Checksum.Of(second.Network));
    }

    [Fact]
    public void Fit_AnotherSeed_GivesOtherWeights()
    {
        using var first = TinyRun.Fit(new MLContext(seed: 7), TinyRun.Options());
        using var second = TinyRun.Fit(new MLContext(seed: 8), TinyRun.Options());

        Assert.False(first.Network.state_dict()["model.0.conv.weight"].allclose(second.Network.state_dict()["model.0.conv.weight"]));
    }

    [LinuxTheory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void Fit_ImagesThatFitTheBudgetButForThoseOfTheValidationSet_PutsTheRestOnDisk(bool isValidated, int files)
    {
        var mlContext = new MLContext(seed: 1);
        var options = TinyRun.Options(epochs: 1);
        // Four images of up to 256 × 256 pixels of four bytes are at most a megabyte.
        (options.ImageSize, options.ImageCacheMegabytes) = (256, 1);
        options.ValidationSet = isValidated ? SquareImages.AsView(mlContext, SquareImages.Draw(4, seed: 2)) : null;
        var opened = new List<int>();
        options.Progress = new Observer(_ => opened.Add(OpenCaches()));

        TinyRun.Fit(mlContext, options, images: 4).Dispose();

        // One batch, and the end of the epoch.
        Assert.Equal([files, files], opened);

        static int OpenCaches()
            => Directory.GetFiles("/proc/self/fd").Count(path => new FileInfo(path).LinkTarget?.Contains("ml-yolo-", StringComparison.Ordinal) ?? false);
    }

    [Theory]
    [InlineData("v5")]
    [InlineData("v3")]
    public void Fit_EitherLoss_LowersItsLoss(string variant)
    {
        var epochs = new List<float>();
        var options = TinyRun.Options(epochs: 12);
        options.Loss = variant == "v5" ? new YoloV5LossOptions() : new YoloV3LossOptions();
        options.Progress = new Observer(progress =>
        {
            if (progress.IsEpochEnd)
                epochs.Add(progress.Losses.Values.Sum());
        });

        using var model = TinyRun.Fit(new MLContext(seed: 1), options);

        Assert.True(epochs[^3..].Average() < 0.9 * epochs[..3].Average(), $"losses: {string.Join(", ", epochs)}");
    }

    [Fact]
    public void Fit_ValidationSetGiven_ReportsItsMetricsEachEpoch()
    {
        var mlContext = new MLContext(seed: 1);
        var metrics = new List<DetectionMetrics?>();
        var options = TinyRun.Options();
        options.ValidationSet = SquareImages.AsView(mlContext, SquareImages.Draw(5, seed: 2));
        options.Progress = new Observer(progress =>
        {
            if (progress.IsEpochEnd)
                metrics.Add(progress.Validation);
        });

        using var model = TinyRun.Fit(mlContext, options);

        Assert.Equal([5, 5], metrics.Select(epoch => epoch!.ImageCount));
    }

    [Fact]
    public void Fit_EveryEpoch_WritesALineToTheLog()
    {
        var mlContext = new MLContext(seed: 1);
        var lines = new List<string>();
        mlContext.Log += (_, entry) => lines.Add(entry.Message);

        using var model = TinyRun.Fit(mlContext, TinyRun.Options());

        Assert.Contains(lines, line => line.Contains("Epoch 1/2: box", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("Epoch 2/2: box", StringComparison.Ordinal));
    }

    [Fact]
    public void Fit_CanceledInTheSecondEpoch_GivesTheWeightsOfTheFirst()
    {
        using var cancellation = new CancellationTokenSource();
        var ended = 0;
        var options = TinyRun.Options(epochs: 50);
        options.CancellationToken = cancellation.Token;
        options.Progress = new Observer(progress =>
        {
            ended += progress.IsEpochEnd ? 1 : 0;
            if (progress.Epoch == 2)
                cancellation.Cancel();
        });

        using var model = TinyRun.Fit(new MLContext(seed: 1), options);

        Assert.Equal(1, ended);
    }

    [Fact]
    public void Fit_CanceledBeforeTheFirstEpochEnds_Throws()
    {
        var options = TinyRun.Options();
        options.CancellationToken = new CancellationToken(canceled: true);

        Assert.Throws<OperationCanceledException>(() => TinyRun.Fit(new MLContext(seed: 1), options));
    }

    [Fact]
    public void Fit_ManyEpochs_LeavesNoTensorBehind()
    {
        var alive = new List<long>();
        var options = TinyRun.Options(epochs: 6);
        options.Progress = new Observer(progress =>
        {
            if (progress.IsEpochEnd)
                alive.Add(Tensor.TotalCount);
        });

        using var model = TinyRun.Fit(new MLContext(seed: 1), options);

        // The first epoch makes the optimiser's state.
        Assert.Equal([alive[1], alive[1], alive[1], alive[1]], alive.Skip(2));
    }

    [Fact]
    public void GetOutputSchema_NoImageColumn_NamesItAndTheColumnsThereAre()
    {
        var mlContext = new MLContext(seed: 1);
        var options = TinyRun.Options();
        options.ImageColumnName = "Picture";
        var data = SquareImages.AsView(mlContext, SquareImages.Draw(2));
        var pipeline = mlContext.Transforms.CopyColumns("Copy", "Label").Append(mlContext.MulticlassClassification.Trainers.Yolo(options));

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => pipeline.Fit(data));

        Assert.Contains("The image column 'Picture' is not in the data", exception.Message, StringComparison.Ordinal);
        Assert.Contains("BoundingBoxes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_ThreeBoxNumbersForOneLabel_NamesRowAndColumns()
    {
        var mlContext = new MLContext(seed: 1);
        var rows = SquareImages.Draw(3);
        rows[2].Label = ["red"];
        rows[2].BoundingBoxes = [1, 2, 3];
        var trainer = mlContext.MulticlassClassification.Trainers.Yolo(TinyRun.Options());

        var exception = Assert.Throws<FormatException>(() => trainer.Fit(SquareImages.AsView(mlContext, rows)));

        Assert.Equal("Row 2 has 3 numbers in 'BoundingBoxes' and 1 labels in 'Label'; 4 per label were expected.", exception.Message);
    }

    [Theory]
    [InlineData(float.NaN, 0, 5, 5)]
    [InlineData(9, 0, 5, 5)]
    public void Fit_BoxNotFiniteOrInverted_NamesRowAndBox(float x0, float y0, float x1, float y1)
    {
        var mlContext = new MLContext(seed: 1);
        var rows = SquareImages.Draw(2);
        rows[1].Label = ["red"];
        rows[1].BoundingBoxes = [x0, y0, x1, y1];
        var trainer = mlContext.MulticlassClassification.Trainers.Yolo(TinyRun.Options());

        var exception = Assert.Throws<FormatException>(() => trainer.Fit(SquareImages.AsView(mlContext, rows)));

        Assert.StartsWith("Row 1, 'BoundingBoxes', box 0:", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, "ImageSize is 100; it must be a multiple of 32, and at least 64.")]
    [InlineData(32, "ImageSize is 32; it must be a multiple of 32, and at least 64.")]
    public void Yolo_ImageSizeThatDoesNotFit_NamesTheOption(int size, string message)
    {
        var options = TinyRun.Options();
        options.ImageSize = size;

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => new YoloTrainer(new MLContext(), options));

        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_NoObjectAnywhere_IsRefusedSinceThereIsNothingToLearn()
    {
        var mlContext = new MLContext(seed: 1);
        var rows = SquareImages.Draw(3);
        foreach (var row in rows)
            (row.Label, row.BoundingBoxes) = ([], []);

        var trainer = mlContext.MulticlassClassification.Trainers.Yolo(TinyRun.Options());

        var exception = Assert.Throws<InvalidOperationException>(() => trainer.Fit(SquareImages.AsView(mlContext, rows)));

        Assert.Contains("The training data has 3 images and no object of a class to learn", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one image")]
    [InlineData("one class")]
    [InlineData("boxes smaller than a pixel")]
    public void Fit_SetAtTheEdgeOfWhatIsOne_StillTrains(string set)
    {
        var mlContext = new MLContext(seed: 1);
        var rows = SquareImages.Draw(5).Skip(1).Take(set == "one image" ? 1 : 4).ToList();
        foreach (var row in rows)
        {
            if (set == "one class")
                row.Label = [.. row.Label.Select(_ => "red")];
            else if (set == "boxes smaller than a pixel")
                (row.Label, row.BoundingBoxes) = (["red"], [10, 10, 10.4f, 10.3f]);
        }

        var options = TinyRun.Options();
        options.Augmentation = AugmentationOptions.Scratch;
        var labels = mlContext.Transforms.Conversion.MapValueToKey("Label");
        var data = mlContext.Data.LoadFromEnumerable(rows);

        using var model = labels.Append(mlContext.MulticlassClassification.Trainers.Yolo(options)).Fit(data);

        // Three terms in each of two epochs.
        Assert.Equal(6, model.LastTransformer.History!.Epochs.SelectMany(epoch => epoch.Losses.Values).Count(float.IsFinite));
    }

    [Fact]
    public void Fit_ImagesBeyondTheMemoryBudget_GivesTheSameWeights()
    {
        var options = TinyRun.Options();
        options.ImageCacheMegabytes = 0;

        using var fromMemory = TinyRun.Fit(new MLContext(seed: 7), TinyRun.Options());
        using var fromDisk = TinyRun.Fit(new MLContext(seed: 7), options);

        Assert.Equal(Checksum.Of(fromMemory.Network), Checksum.Of(fromDisk.Network));
    }
}
