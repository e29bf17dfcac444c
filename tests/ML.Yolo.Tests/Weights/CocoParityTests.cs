using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Evaluation;
using ML.Yolo.Imaging;
using ML.Yolo.Persistence;
using ML.Yolo.Scoring;
using ML.Yolo.Weights;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Weights;

/// <summary>The reference's weights on its 128 images, from file to metric, against what the reference measured with its own program.</summary>
public sealed class CocoParityTests(ITestOutputHelper output)
{
    private const int ImageSize = 640;
    private const double Tolerance = 0.003;

    private static readonly NmsOptions Measuring = new() { ScoreThreshold = 0.001f, IouThreshold = 0.6f, MultiLabel = true };
    private static readonly NmsOptions Detecting = new() { ScoreThreshold = 0.25f, IouThreshold = 0.45f };

    [SharedFact]
    public void Evaluate_Coco128_GivesTheReferenceMeanAveragePrecision()
    {
        using var golden = Golden();
        var names = CocoImages.ClassNames;
        using var network = Network("yolov5n.pt");
        var engine = new TorchEngine(network, CPU);
        var evaluator = DetectionEvaluator.Create(DetectionMetricDefinition.Ultralytics);

        foreach (var batch in CocoImages.Read().Chunk(8))
        {
            var found = engine.Detect(Array.ConvertAll(batch, row => Read(row.ImagePath, Fit)), Measuring);
            for (var i = 0; i < batch.Length; i++)
                evaluator.AddImage(Objects(batch[i]), Array.ConvertAll(found[i], Evaluated));
        }

        var metrics = evaluator.Evaluate(names);
        output.WriteLine($"mAP50 {metrics.MAP50:F4}, mAP50-95 {metrics.MAP50_95:F4}, precision {metrics.Precision:F4}, recall {metrics.Recall:F4}");
        Assert.Equal((golden.RootElement.GetProperty("images").GetInt32(), golden.RootElement.GetProperty("boxes").GetInt32()), (metrics.ImageCount, metrics.GroundTruthCount));
        Assert.Equal(golden.RootElement.GetProperty("mAP50").GetDouble(), metrics.MAP50, Tolerance);
        Assert.Equal(golden.RootElement.GetProperty("mAP50_95").GetDouble(), metrics.MAP50_95, Tolerance);
    }

    [SharedFact]
    public void Detect_SixteenImagesLaidOutAsTheReferenceDoes_FindsItsDetectionsOneToOne()
    {
        using var scope = NewDisposeScope();
        using var golden = Golden();
        using var network = Network("yolov5n-module.pt");
        var (wanted, matched, found) = (0, 0, 0);

        foreach (var image in golden.RootElement.GetProperty("detections").EnumerateObject())
        {
            var expected = image.Value.EnumerateArray().Select(ToDetection).ToList();
            var actual = Detect(network, SharedFolder.Path("data", "coco128", "images", image.Name));
            (wanted, found) = (wanted + expected.Count, found + actual.Count);
            matched += CountMatches(expected, actual);
        }

        output.WriteLine($"{matched} of {wanted} detections matched; {found} found");
        Assert.Equal((42, 42), (wanted, found));
        Assert.True(matched >= 0.97 * wanted, $"{matched} of {wanted} detections matched");
    }

    [SharedFact]
    public void LoadYolo_ImagesWhoseScaledSidesAreWholePixels_FindsTheReferenceDetectionsThroughThePipeline()
    {
        var mlContext = new MLContext(seed: 1);
        using var golden = Golden();
        var paths = mlContext.Data.LoadFromEnumerable(CocoImages.Read().Where(row => golden.RootElement.GetProperty("detections").TryGetProperty(Path.GetFileName(row.ImagePath), out _)));
        var options = new YoloTrainer.Options { Scoring = new() { ScoreThreshold = Detecting.ScoreThreshold, IouThreshold = Detecting.IouThreshold, Canvas = ScoringCanvas.Square } };
        using var model = mlContext.Transforms.LoadImages("Image", imageFolder: "", "ImagePath")
            .Append(mlContext.Transforms.LoadYolo(SharedFolder.Path("weights", "yolov5n.safetensors"), YoloArchitecture.V5Nano, CocoImages.ClassNames, options))
            .Fit(paths);
        var (wanted, matched, found) = (0, 0, 0);

        foreach (var row in mlContext.Data.CreateEnumerable<CocoImages.Scored>(model.Transform(paths), reuseRowObject: false))
        {
            using var image = MLImage.CreateFromFile(row.ImagePath);
            var reference = ReferenceLoader.Fit(image.Width, image.Height, ImageSize);
            if (reference != Fit(image.Width, image.Height))
                continue;
            var expected = golden.RootElement.GetProperty("detections").GetProperty(Path.GetFileName(row.ImagePath)).EnumerateArray().Select(ToDetection).ToList();
            var actual = row.PredictedBoundingBoxes.Chunk(4).Select((box, i) => new Detection(box[0], box[1], box[2], box[3], row.Score[i], (int)row.PredictedLabel[i] - 1)).ToList();
            (wanted, found) = (wanted + expected.Count, found + actual.Count);
            matched += CountMatches(expected, actual);
        }

        output.WriteLine($"{matched} of {wanted} detections matched; {found} found");
        Assert.Equal(wanted, found);
        Assert.True(wanted > 30 && matched >= 0.97 * wanted, $"{matched} of {wanted} detections matched");
    }

    /// <summary>Pairs of one class with an IoU above 0.95 and scores within 0.02; each detection is in one pair at most.</summary>
    private int CountMatches(List<Detection> expected, List<Detection> found)
    {
        var free = found.ToList();
        foreach (var detection in expected)
        {
            var best = free.FindIndex(other => other.ClassIndex == detection.ClassIndex && Math.Abs(other.Score - detection.Score) < 0.02 && Iou(other, detection) > 0.95);
            if (best >= 0)
                free.RemoveAt(best);
            else
                output.WriteLine($"no match for {detection}");
        }

        return found.Count - free.Count;
    }

    private static List<Detection> Detect(YoloNetwork network, string path)
    {
        var image = Read(path, (width, height) => ReferenceLoader.Fit(width, height, ImageSize));
        var maps = network.Forward(ImageBatch.ToInput(ImageBatch.Assemble([image], ImageSize, ImageSize), CPU));
        var predictions = network.Head.CreateDecoder().Decode(maps);
        var rows = MemoryMarshal.Cast<byte, float>(NonMaxSuppression.Apply(predictions, Detecting)[0].Rows.contiguous().bytes);
        var detections = new List<Detection>();
        for (; rows.Length > 0; rows = rows[6..])
        {
            var (x0, y0) = ReferenceLoader.ToImage(image.Letterbox, rows[0], rows[1]);
            var (x1, y1) = ReferenceLoader.ToImage(image.Letterbox, rows[2], rows[3]);
            detections.Add(new Detection(x0, y0, x1, y1, rows[4], (int)rows[5]));
        }

        return detections;
    }

    private static Letterbox Fit(int width, int height) => Letterbox.Fit(width, height, ImageSize, ImageSize);

    private static Detection ToDetection(JsonElement numbers)
        => numbers.EnumerateArray().Select(number => number.GetSingle()).ToArray() is [var x0, var y0, var x1, var y1, var score, var label]
            ? new Detection(x0, y0, x1, y1, score, (int)label)
            : throw new FormatException("A detection has six numbers.");

    private static EvaluatedObject[] Objects(CocoImages.Row row)
        => [.. row.BoundingBoxes.Chunk(4).Select((box, i) => new EvaluatedObject(Array.IndexOf(CocoImages.ClassNames, row.Label[i]), new Box(box[0], box[1], box[2], box[3])))];

    private static EvaluatedDetection Evaluated(Detection found) => new(found.ClassIndex, Box(found), found.Score);

    private static Box Box(Detection found) => new(found.X0, found.Y0, found.X1, found.Y1);

    private static LetterboxedImage Read(string path, Func<int, int, Letterbox> fit)
    {
        using var image = MLImage.CreateFromFile(path);
        var letterbox = fit(image.Width, image.Height);
        return new LetterboxedImage(ResizedImage.From(image, letterbox), letterbox);
    }

    private static YoloNetwork Network(string file)
    {
        using var scope = NewDisposeScope();
        var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 80);
        NetworkState.Load(network, WeightsFile.Load(SharedFolder.Path("weights", file)).Tensors, file);
        network.eval();
        return network;
    }

    private static float Iou(Detection a, Detection b)
    {
        var overlap = Math.Max(0, Math.Min(a.X1, b.X1) - Math.Max(a.X0, b.X0)) * Math.Max(0, Math.Min(a.Y1, b.Y1) - Math.Max(a.Y0, b.Y0));
        return overlap / (Area(a) + Area(b) - overlap);
    }

    private static float Area(Detection box) => (box.X1 - box.X0) * (box.Y1 - box.Y0);

    private static JsonDocument Golden() => JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Path("golden", "coco128-yolov5n.json")));
}
