using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Tests.Training;

namespace ML.Yolo.Tests.Pipelines;

/// <summary>A YOLO11n that was trained, and not merely made: saved, loaded in another process, exported in every output, it finds the same everywhere.</summary>
public sealed class TrainedPointDetectorTests(TrainedPointDetectorTests.Trained trained) : IClassFixture<TrainedPointDetectorTests.Trained>
{
    [Fact]
    public void Detect_InAnotherProcess_FindsTheSameBoxes()
    {
        var (exitCode, output) = ChildProcess.Run("dotnet", Path.Combine(AppContext.BaseDirectory, "ModelZipReader.dll"), "detect", trained.Zip, trained.Picture);

        Assert.True(exitCode == 0, output);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(trained.Found.Count, lines.Length);
        Assert.All(trained.Found.Zip(lines), pair =>
        {
            double[] numbers = [.. pair.Second.Split(' ').Skip(1).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
            AssertSame(pair.First, numbers[0], numbers[1..], tolerance: 0.01);
        });
    }

    [Theory]
    [InlineData(OnnxOutput.RawMaps)]
    [InlineData(OnnxOutput.Decoded)]
    [InlineData(OnnxOutput.Detections)]
    [InlineData(OnnxOutput.Ultralytics)]
    public void Detect_ExportedToOnnx_FindsTheSameBoxes(OnnxOutput output)
    {
        var path = trained.Folder.File($"{output}.onnx");
        trained.Model.SaveAsOnnx(path, new OnnxOptions { Output = output });

        using var detector = YoloDetector.Load(path);
        detector.Scoring.ScoreThreshold = trained.Model.Scoring.ScoreThreshold;
        var found = detector.Detect(trained.Picture);

        Assert.Equal(trained.Found.Count, found.Count);
        Assert.All(trained.Found.Zip(found), pair =>
            AssertSame(pair.First, pair.Second.Score, [pair.Second.Box.X0, pair.Second.Box.Y0, pair.Second.Box.X1, pair.Second.Box.Y1], tolerance: 0.05));
    }

    private static void AssertSame(DetectedObject expected, double score, double[] box, double tolerance)
    {
        Assert.Equal(expected.Score, score, 1e-3);
        Assert.All(new[] { expected.Box.X0, expected.Box.Y0, expected.Box.X1, expected.Box.Y1 }.Zip(box), edges => Assert.Equal(edges.First, edges.Second, tolerance));
    }

    /// <summary>A detector of a few epochs, which finds something.</summary>
    public sealed class Trained : IDisposable
    {
        public Trained()
        {
            var mlContext = new MLContext(seed: 1);
            var options = TinyRun.Options(epochs: 6);
            (options.Architecture, options.Recipe) = (YoloArchitecture.V11Nano, Recipe.Auto);
            Model = TinyRun.Fit(mlContext, options, images: 16);
            using (var picture = SquareImages.Draw(2)[1].Image)
                picture.Save(Picture);
            using var detector = new YoloDetector(Model);
            // No detection lies near the threshold, where the last digit would decide.
            Model.Scoring.ScoreThreshold = 0.0001f;
            var scores = detector.Detect(Picture).Select(found => found.Score).ToList();
            var cut = Enumerable.Range(1, scores.Count - 1).Take(20).MaxBy(i => scores[i - 1] / scores[i]);
            Model.Scoring.ScoreThreshold = (scores[cut - 1] + scores[cut]) / 2;
            Found = [.. detector.Detect(Picture)];
            var rows = mlContext.Data.LoadFromEnumerable([new { ImagePath = Picture }]);
            var images = mlContext.Transforms.LoadImages("Image", "", "ImagePath").Fit(rows);
            mlContext.Model.SaveAtomically(new TransformerChain<YoloTransformer>(images, Model), rows.Schema, Zip);
        }

        public YoloTransformer Model { get; }

        public IReadOnlyList<DetectedObject> Found { get; }

        public string Zip => Folder.File("model.zip");

        public string Picture => Folder.File("picture.png");

        internal TemporaryFolder Folder { get; } = new();

        public void Dispose()
        {
            Model.Dispose();
            Folder.Dispose();
        }
    }
}
