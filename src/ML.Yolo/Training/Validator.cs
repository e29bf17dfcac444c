using System.Runtime.InteropServices;
using ML.Yolo.Distributed;
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

    /// <summary>Processes that measure together, each a part of the batches; null where there is one.</summary>
    public Distribution? Distribution { get; init; }

    /// <summary>What a network reaches, the same on every rank; null where measuring was canceled.</summary>
    /// <param name="network">The network, in evaluation mode; not owned.</param>
    public ValidationResult? Measure(YoloNetwork network)
    {
        var distribution = Distribution ?? OneProcess.Instance;
        var share = RankShare.Of(distribution);
        using var engine = new TorchEngine(network, Device, ownsNetwork: false);
        var found = new List<Detection[]>();
        var isCanceled = false;
        Loss?.Begin();
        foreach (var (index, samples) in _samples.Chunk(BatchSize).Index())
        {
            if (!share.Has(index))
                continue;
            isCanceled = IsCanceled();
            if (isCanceled)
                break;
            var images = Array.ConvertAll(samples, _set.Image);
            var batches = ScoringCanvases.Lay(images, Canvas, Input.MaxStride, Input.ShowsBorders, engine.PixelsAtOnce, lanes: 1);
            found.AddRange(ScoringCanvases.Detect(batches, alike => Detect(engine, alike, images, samples)));
        }

        return distribution.Any(isCanceled) ? null : new ValidationResult(Evaluate(Together(found, distribution)), Loss?.Read(distribution));
    }

    private Detection[][] Detect(TorchEngine engine, IReadOnlyList<LetterboxedImage> alike, LetterboxedImage[] images, TrainingSample[] samples)
    {
        if (Loss is null)
            return engine.Detect(alike, Thresholds);
        var places = alike.Select(entry => (samples[Array.FindIndex(images, image => ReferenceEquals(image.Image, entry.Image))], entry.Letterbox)).ToList();
        return engine.Detect(alike, Thresholds, maps => Loss.Add(maps, places));
    }

    /// <summary>Batches are those of one process, dealt out in turn: each image is scored as it would be there, and counted in the same place.</summary>
    private DetectionMetrics Evaluate(IEnumerable<Detection[]> found)
    {
        var evaluator = DetectionEvaluator.Create(DetectionMetricDefinition.Coco);
        foreach (var (sample, detections) in _samples.Zip(found))
            evaluator.AddImage(Objects(sample), Array.ConvertAll(detections, Evaluated));
        return evaluator.Evaluate(ClassNames);
    }

    /// <summary>What all ranks found, in the order of the samples.</summary>
    private IEnumerable<Detection[]> Together(List<Detection[]> found, Distribution distribution)
    {
        if (distribution.Size == 1)
            return found;
        int[] counts = [.. found.Select(detections => detections.Length)];
        Detection[] all = [.. found.SelectMany(detections => detections)];
        return Merge(GatherAll<int>(counts, distribution), GatherAll<Detection>(all, distribution));
    }

    private static T[][] GatherAll<T>(T[] own, Distribution distribution)
        where T : unmanaged
        => Array.ConvertAll(distribution.Gather(MemoryMarshal.AsBytes<T>(own)), bytes => MemoryMarshal.Cast<byte, T>(bytes).ToArray());

    private IEnumerable<Detection[]> Merge(int[][] counts, Detection[][] detections)
    {
        var places = new (int Image, int Detection)[counts.Length];
        foreach (var (index, samples) in _samples.Chunk(BatchSize).Index())
        {
            var rank = index % counts.Length;
            for (var i = 0; i < samples.Length; i++)
            {
                var (image, first) = places[rank];
                var end = first + counts[rank][image];
                places[rank] = (image + 1, end);
                yield return detections[rank][first..end];
            }
        }
    }

    private static EvaluatedDetection Evaluated(Detection found) => new(found.ClassIndex, new Box(found.X0, found.Y0, found.X1, found.Y1), found.Score);

    /// <summary>The ground truth where detections are: in pixels of the image as stored.</summary>
    private static EvaluatedObject[] Objects(TrainingSample sample)
    {
        var frame = sample.Letterbox.Frame;
        return [.. sample.Classes.Zip(sample.Boxes, (label, box) => new EvaluatedObject(label, frame.ToStored(box)))];
    }
}
