using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Tests.Onnx;

namespace ML.Yolo.Tests.Detecting;

/// <summary>One call from an image to boxes: the numbers of Transform, in whatever way the image comes.</summary>
public sealed class YoloDetectorTests : IDisposable
{
    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();
    private readonly YoloTransformer _model = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
    private readonly IReadOnlyList<string> _paths;

    public YoloDetectorTests() => _paths = PictureFolder.Write(_folder, 6);

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(8, true)]
    public void Detect_Files_FindsWhatTransformFindsInBatchesOfThatSize(int batchSize, bool many)
    {
        _model.Scoring.BatchSize = batchSize;
        using var detector = new YoloDetector(_model);
        var rows = _mlContext.Data.LoadFromEnumerable(_paths.Select(path => new PathRow { ImagePath = path }));
        var images = _mlContext.Transforms.LoadImages("Image", "", "ImagePath").Fit(rows).Transform(rows);
        var expected = _mlContext.Data.CreateEnumerable<ScoredRow>(_model.Transform(images), reuseRowObject: false).ToList();

        var found = many ? detector.DetectMany(_paths).ToList() : [.. _paths.Select(detector.Detect)];

        Assert.Contains(found, image => image.Count > 0);
        Assert.Equal(expected.Count, found.Count);
        foreach (var (row, image) in expected.Zip(found))
        {
            Assert.Equal(row.Score, image.Select(entry => entry.Score));
            Assert.Equal(row.PredictedLabel, image.Select(entry => (uint)entry.ClassIndex + 1));
            Assert.Equal(row.PredictedBoundingBoxes, image.SelectMany(entry => new[] { entry.Box.X0, entry.Box.Y0, entry.Box.X1, entry.Box.Y1 }));
        }
    }

    [Fact]
    public async Task Detect_PathStreamBytesAndAsync_FindTheSame()
    {
        using var detector = new YoloDetector(_model);
        var expected = detector.Detect(_paths[3]);
        await using var stream = File.OpenRead(_paths[3]);
        await using var other = File.OpenRead(_paths[3]);

        Assert.NotEmpty(expected);
        Assert.Equal(expected, detector.Detect(stream));
        Assert.Equal(expected, detector.Detect(await File.ReadAllBytesAsync(_paths[3])));
        Assert.Equal(expected, await detector.DetectAsync(_paths[3]));
        Assert.Equal(expected, await detector.DetectAsync(other));
    }

    [Fact]
    public async Task DetectAsync_Canceled_Stops()
    {
        using var detector = new YoloDetector(_model);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => detector.DetectAsync(_paths[0], new CancellationToken(canceled: true)));
    }

    [Fact]
    public void DetectMany_Files_KeepsTheirOrder()
    {
        using var detector = new YoloDetector(_model);

        var found = detector.DetectMany(_paths).ToList();

        Assert.Equal(_paths, found.Select(image => image.Source));
        Assert.Equal(_paths.Select(path => detector.Detect(path).Count), found.Select(image => image.Count));
    }

    [Fact]
    public void DetectMany_ABadFile_ThrowsWhenItsTurnComes()
    {
        using var detector = new YoloDetector(_model);
        File.WriteAllText(_folder.File("bad.png"), "no image");
        var before = new List<string?>();

        var exception = Assert.Throws<FormatException>(() =>
        {
            foreach (var image in detector.DetectMany([_paths[0], _paths[1], _folder.File("bad.png"), _paths[2]]))
                before.Add(image.Source);
        });

        Assert.Equal(_paths.Take(2), before);
        Assert.Contains("bad.png", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DetectMany_EndlessAndStoppedEarly_AsksForFewAndDisposesTheSource()
    {
        using var detector = new YoloDetector(_model);
        var (asked, disposed) = (0, false);

        Assert.Equal(3, detector.DetectMany(Endless()).Take(3).Count());

        Assert.True(disposed);
        Assert.InRange(asked, 3, 2 * Math.Max(16, Environment.ProcessorCount));

        IEnumerable<string> Endless()
        {
            try
            {
                while (true)
                {
                    asked++;
                    yield return _paths[asked % _paths.Count];
                }
            }
            finally
            {
                disposed = true;
            }
        }
    }

    [Fact]
    public void Detect_SixteenThreads_FindWhatOneFinds()
    {
        using var detector = new YoloDetector(_model);
        var expected = _paths.Select(detector.Detect).ToList();

        var found = new ImageDetections[16 * _paths.Count];
        var threads = Enumerable.Range(0, 16).Select(thread => new Thread(() =>
        {
            for (var i = 0; i < _paths.Count; i++)
                found[(thread * _paths.Count) + i] = detector.Detect(_paths[i]);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.All(found.Index(), entry => Assert.Equal(expected[entry.Index % _paths.Count], entry.Item));
    }

    [Fact]
    public void Use_AfterDispose_IsRefused()
    {
        var detector = new YoloDetector(_model);
        var many = detector.DetectMany(_paths);
        detector.Dispose();

        Assert.Throws<ObjectDisposedException>(() => detector.Detect(_paths[0]));
        Assert.Throws<ObjectDisposedException>(() => detector.DetectMany(_paths));
        Assert.Throws<ObjectDisposedException>(() => many.ToList());
        Assert.Throws<ObjectDisposedException>(() => detector.DetectTiled(_paths[0], 32));
        Assert.Equal(64, _model.ImageSize);
        using var other = new YoloDetector(_model);
        Assert.NotNull(other.Detect(_paths[0]));
    }

    [Fact]
    public void Detector_OfAChain_IsTheOneInIt()
    {
        var rows = _mlContext.Data.LoadFromEnumerable(_paths.Select(path => new PathRow { ImagePath = path }));
        var loading = _mlContext.Transforms.LoadImages("Image", "", "ImagePath").Fit(rows);
        var chain = new TransformerChain<ITransformer>(new TransformerChain<ITransformer>(loading, _model), loading);

        Assert.Same(_model, chain.Detector());
        Assert.Same(_model, _model.Detector());
        Assert.Throws<ArgumentException>(() => loading.Detector());
    }

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = "";
    }

    private sealed class ScoredRow
    {
        public uint[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];
    }
}
