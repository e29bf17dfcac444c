using ML.Yolo.Evaluation;
using ML.Yolo.Samples;
using static TorchSharp.torch;

namespace ML.Yolo.Scoring;

/// <summary>Measures a network on a set whose images are at hand.</summary>
/// <param name="set">The images and their objects.</param>
/// <param name="classNames">Names of the classes, by index.</param>
/// <param name="input">What the network takes in.</param>
/// <param name="canvas">What images are laid on.</param>
/// <param name="batchSize">Images scored at once.</param>
/// <param name="device">Where the network runs.</param>
internal sealed class Validator(
    TrainingSet set, IReadOnlyList<string> classNames, DetectorInput input, ScoringCanvas canvas, int batchSize, Device device)
{
    private static readonly NmsOptions Thresholds = ScoringOptions.Measuring.Snapshot().Suppression;

    public DetectionMetrics Measure(YoloNetwork network)
    {
        var engine = new TorchEngine(network, device);
        var evaluator = DetectionEvaluator.Create(DetectionMetricDefinition.Coco);
        // Images of one shape share a canvas, and thus a batch.
        foreach (var samples in set.Samples.OrderBy(sample => (sample.Letterbox.ResizedWidth, sample.Letterbox.ResizedHeight)).Chunk(batchSize))
        {
            var detections = ScoringCanvases.Detect(Array.ConvertAll(samples, set.Image), canvas, input.MaxStride, input.ShowsBorders, alike => engine.Detect(alike, Thresholds));
            for (var i = 0; i < samples.Length; i++)
                evaluator.AddImage(Objects(samples[i]), Array.ConvertAll(detections[i], found => new EvaluatedDetection(found.ClassIndex, new Box(found.X0, found.Y0, found.X1, found.Y1), found.Score)));
        }

        return evaluator.Evaluate(classNames);
    }

    /// <summary>The ground truth where detections are: in pixels of the image as stored.</summary>
    private static EvaluatedObject[] Objects(TrainingSample sample)
    {
        var frame = sample.Letterbox.Frame;
        return [.. sample.Classes.Zip(sample.Boxes, (label, box) => new EvaluatedObject(label, frame.ToStored(box)))];
    }
}
