using ML.Yolo.Datasets;
using ML.Yolo.Evaluation;
using static TorchSharp.torch;

namespace ML.Yolo.Scoring;

/// <summary>Measures a network on a set whose images are at hand.</summary>
internal sealed class Validator(TrainingSet set, IReadOnlyList<string> classNames, YoloTrainer.Options options, Device device)
{
    // The reference's thresholds for measuring: nearly everything counts, and average precision sorts it out.
    private static readonly NmsOptions Thresholds = new() { ScoreThreshold = 0.001f, IouThreshold = 0.6f, MultiLabel = true };

    public DetectionMetrics Measure(YoloNetwork network)
    {
        var detector = new Detector(network, options.Loss.BoxCoding, device);
        var evaluator = DetectionEvaluator.Create(DetectionMetricDefinition.Coco);
        var batches = set.Samples.GroupBy(Canvas).SelectMany(alike => alike.Chunk(options.BatchSize));
        foreach (var samples in batches)
        {
            var detections = detector.Detect(Array.ConvertAll(samples, sample => (set.Image(sample).Image, sample.Letterbox.Tight(Stride))), Thresholds);
            for (var i = 0; i < samples.Length; i++)
                evaluator.AddImage(Objects(samples[i]), Array.ConvertAll(detections[i], found => new EvaluatedDetection(found.ClassIndex, new EvaluatedBox(found.X0, found.Y0, found.X1, found.Y1), found.Score)));
        }

        return evaluator.Evaluate(classNames);
    }

    private int Stride => options.Architecture.Strides[^1];

    private (int Width, int Height) Canvas(TrainingSample sample) => sample.Letterbox.Tight(Stride) is var tight ? (tight.CanvasWidth, tight.CanvasHeight) : default;

    private static EvaluatedObject[] Objects(TrainingSample sample)
    {
        var boxes = sample.Boxes;
        return [.. sample.Classes.Select((label, i) => new EvaluatedObject(label, new EvaluatedBox(boxes[4 * i], boxes[(4 * i) + 1], boxes[(4 * i) + 2], boxes[(4 * i) + 3])))];
    }
}
