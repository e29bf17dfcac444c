using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Benchmarks.Reference;
using ML.Yolo.Imaging;
using static TorchSharp.torch;

namespace ML.Yolo.Benchmarks;

/// <summary>YOLOv5n at 640 pixels as ML.NET runs it: a folder of photos by <c>Transform</c>, and one photo by <c>PredictionEngine</c>.</summary>
internal sealed class ScoringBenchmark : IDisposable
{
    /// <summary>Photos of the folder.</summary>
    public const int PhotoCount = 128;

    private const int ImageSize = 640;

    private readonly MLContext _mlContext = new();
    private readonly DrawnPhotos _photos;
    private readonly YoloTransformer _detector;
    private readonly TransformerChain<ITransformer> _model;
    private readonly IDataView _rows;
    private readonly PredictionEngine<Row, Found> _engine;

    public ScoringBenchmark(ScoringEngine engine)
    {
        _photos = new DrawnPhotos(PhotoCount, DrawnPhotos.CocoSizes);
        var network = YoloNetwork.Create(Workload.Architecture, Workload.ClassCount);
        var classNames = Enumerable.Range(0, Workload.ClassCount).Select(i => $"{i}").ToArray();
        _detector = new YoloTransformer(network, CPU, classNames, new YoloTrainer.Options());
        if (engine == ScoringEngine.OnnxRuntime)
        {
            using var original = _detector;
            _detector = original.ToOnnxRuntime(_mlContext);
        }

        _rows = _mlContext.Data.LoadFromEnumerable(_photos.Paths.Select(path => new Row { ImagePath = path }));
        var images = _mlContext.Transforms.LoadImages("Image", imageFolder: null, nameof(Row.ImagePath)).Fit(_rows);
        _model = new TransformerChain<ITransformer>(images, _detector);
        _engine = _mlContext.Model.CreatePredictionEngine<Row, Found>(_model, new PredictionEngineOptions { OwnsTransformer = false });
    }

    /// <summary>Milliseconds of one photo's decoding, resizing and letterboxing, on one thread.</summary>
    public double DecodeTime() => Timing.Median(DecodeAll, rounds: 5) / _photos.Paths.Length;

    /// <summary>From files to columns.</summary>
    public void Folder()
    {
        var found = _mlContext.Data.CreateEnumerable<Found>(_model.Transform(_rows), reuseRowObject: true).Count();
        if (found != _photos.Paths.Length)
            throw new InvalidOperationException($"{found} of {_photos.Paths.Length} photos were scored.");
    }

    /// <summary>The first photo from its file to its boxes.</summary>
    public void One() => _engine.Predict(new Row { ImagePath = _photos.Paths[0] });

    /// <summary>The same by hand: decoding, then the engine.</summary>
    public void DecodeAndDetect()
    {
        var image = Decode(_photos.Paths[0]);
        _detector.Engine.Detect([image with { Letterbox = image.Letterbox.Tight(32, isSpared: true) }], new NmsOptions());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _engine.Dispose();
        _detector.Dispose();
        _photos.Dispose();
    }

    private static LetterboxedImage Decode(string path)
    {
        using var image = MLImage.CreateFromFile(path);
        var letterbox = Letterbox.Fit(image, ImageSize);
        return new LetterboxedImage(ResizedImage.From(image, letterbox), letterbox);
    }

    private void DecodeAll()
    {
        foreach (var path in _photos.Paths)
            Decode(path);
    }

    private sealed class Row
    {
        public required string ImagePath { get; set; }
    }

    private sealed class Found
    {
        public float[] Score { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];
    }
}
