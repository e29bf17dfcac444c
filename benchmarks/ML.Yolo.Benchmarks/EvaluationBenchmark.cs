using BenchmarkDotNet.Attributes;
using Microsoft.ML;

namespace ML.Yolo.Benchmarks;

/// <summary>Evaluation by either definition of rows with ten objects and a hundred detections each, of ten classes, made as they are read.</summary>
public class EvaluationBenchmark
{
    private const int Classes = 10;
    private const int Objects = 10;
    private const int Detections = 100;
    private const int Part = 5000;
    private const int Whole = 4 * Part;

    private readonly MLContext _mlContext = new();

    [Params(DetectionMetricDefinition.Coco, DetectionMetricDefinition.Ultralytics)]
    public DetectionMetricDefinition Definition { get; set; }

    internal static Ratio Linearity => new("evaluation-linearity", "evaluation of 20,000 images of 100 detections / four times that of 5,000: about 1 where time is linear in detections", 1.3, () =>
    {
        var benchmark = new EvaluationBenchmark();
        var times = Timing.Compare(() => benchmark.Evaluate(Whole), () => benchmark.Evaluate(Part), rounds: 3);
        return times with { Second = times.Second * Whole / Part };
    });

    /// <summary>The claim's own size: 100,000 images.</summary>
    [Benchmark]
    public DetectionMetrics HundredThousandImages() => Evaluate(100_000);

    private DetectionMetrics Evaluate(int images)
        => _mlContext.MulticlassClassification.EvaluateDetections(_mlContext.Data.LoadFromEnumerable(Rows(images)), definition: Definition);

    private static IEnumerable<Row> Rows(int count)
    {
        var random = new Random(0);
        var names = Enumerable.Range(0, Classes).Select(label => $"class {label}").ToArray();
        var row = new Row { Label = new string[Objects], BoundingBoxes = new float[4 * Objects], PredictedLabel = new string[Detections], PredictedBoundingBoxes = new float[4 * Detections], Score = new float[Detections] };
        for (var image = 0; image < count; image++)
        {
            for (var i = 0; i < Objects; i++)
            {
                row.Label[i] = names[random.Next(Classes)];
                Box(random, row.BoundingBoxes.AsSpan(4 * i, 4));
            }

            for (var i = 0; i < Detections; i++)
            {
                row.PredictedLabel[i] = i < Objects ? row.Label[i] : names[random.Next(Classes)];
                row.Score[i] = random.NextSingle();
                if (i < Objects)
                    Near(random, row.BoundingBoxes.AsSpan(4 * i, 4), row.PredictedBoundingBoxes.AsSpan(4 * i, 4));
                else
                    Box(random, row.PredictedBoundingBoxes.AsSpan(4 * i, 4));
            }

            yield return row;
        }
    }

    private static void Box(Random random, Span<float> box)
    {
        (box[0], box[1]) = (500 * random.NextSingle(), 500 * random.NextSingle());
        (box[2], box[3]) = (box[0] + 10 + (130 * random.NextSingle()), box[1] + 10 + (130 * random.NextSingle()));
    }

    private static void Near(Random random, ReadOnlySpan<float> box, Span<float> near)
    {
        for (var i = 0; i < 4; i++)
            near[i] = box[i] + (8 * random.NextSingle());
    }

    private sealed class Row
    {
        public required string[] Label { get; set; }

        public required float[] BoundingBoxes { get; set; }

        public required string[] PredictedLabel { get; set; }

        public required float[] PredictedBoundingBoxes { get; set; }

        public required float[] Score { get; set; }
    }
}
