using ML.Yolo.Evaluation;
using ML.Yolo.Imaging;
using ML.Yolo.Samples;
using ML.Yolo.Scoring;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>Measures a network on a set whose images are at hand.</summary>
internal sealed class Validator
{
    private static readonly NmsOptions Thresholds = ScoringOptions.Measuring.Snapshot().Suppression;

    private readonly TrainingSet _set;
    private readonly TrainingSample[] _samples;

    /// <param name="set">The set; not owned.</param>
    public Validator(TrainingSet set)
    {
        _set = set;
        // Images of one shape share a canvas, and thus a batch.
        _samples = [.. set.Samples.OrderBy(sample => (sample.Letterbox.ResizedWidth, sample.Letterbox.ResizedHeight))];
    }

    /// <summary>Names of the classes, by index.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>What the network takes in.</summary>
    public required DetectorInput Input { get; init; }

    /// <summary>What images are laid on.</summary>
    public required ScoringCanvas Canvas { get; init; }

    /// <summary>Images per batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Where the network is.</summary>
    public required Device Device { get; init; }

    /// <summary>Computes the loss of what the network gives; null where it is not wanted.</summary>
    public ValidationLoss? Loss { get; init; }

    /// <summary>Asked before each batch whether to stop.</summary>
    public required Func<bool> IsCanceled { get; init; }

    /// <summary>What a network reaches; null where measuring was canceled.</summary>
    /// <param name="network">The network, in evaluation mode; not owned.</param>
    public ValidationResult? Measure(YoloNetwork network)
    {
        var engine = new TorchEngine(network, Device);
        var evaluator = DetectionEvaluator.Create(DetectionMetricDefinition.Coco);
        Loss?.Begin();
        foreach (var samples in _samples.Chunk(BatchSize))
        {
            if (IsCanceled())
                return null;
            var images = Array.ConvertAll(samples, _set.Image);
            var detections = ScoringCanvases.Detect(images, Canvas, Input.MaxStride, Input.ShowsBorders, alike => Detect(engine, alike, images, samples));
            for (var i = 0; i < samples.Length; i++)
                evaluator.AddImage(Objects(samples[i]), Array.ConvertAll(detections[i], Evaluated));
        }

        return new ValidationResult(evaluator.Evaluate(ClassNames), Loss?.Read());
    }

    private Detection[][] Detect(TorchEngine engine, IReadOnlyList<LetterboxedImage> alike, LetterboxedImage[] images, TrainingSample[] samples)
    {
        if (Loss is null)
            return engine.Detect(alike, Thresholds);
        var places = alike.Select(entry => (samples[Array.FindIndex(images, image => ReferenceEquals(image.Image, entry.Image))], entry.Letterbox)).ToList();
        return engine.Detect(alike, Thresholds, maps => Loss.Add(maps, places));
    }

    private static EvaluatedDetection Evaluated(Detection found) => new(found.ClassIndex, new Box(found.X0, found.Y0, found.X1, found.Y1), found.Score);

    /// <summary>The ground truth where detections are: in pixels of the image as stored.</summary>
    private static EvaluatedObject[] Objects(TrainingSample sample)
    {
        var frame = sample.Letterbox.Frame;
        return [.. sample.Classes.Zip(sample.Boxes, (label, box) => new EvaluatedObject(label, frame.ToStored(box)))];
    }
}
