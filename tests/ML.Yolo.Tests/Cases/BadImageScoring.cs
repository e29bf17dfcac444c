using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Tests.Datasets;

namespace ML.Yolo.Tests.Cases;

/// <summary>What every way of scoring says of a bad image between good ones, and that it goes on where it is told to.</summary>
internal sealed class BadImageScoring(CaseTests.Case it, YoloTransformer model)
{
    public void Check(string good, string bad)
    {
        var name = Path.GetFileName(bad);
        model.Scoring.BadImageHandling = BadSampleHandling.Throw;
        foreach (var score in new[] { Transform, TransformWithImages, Evaluate, Predict, Detect })
        {
            var exception = Assert.ThrowsAny<FormatException>(() => score([good, bad, good]));
            Assert.Contains(name, exception.Message, StringComparison.Ordinal);
            if (score != Detect)
                Assert.Contains(score == Predict ? "'Image'" : "Row 1, 'Image'", exception.Message, StringComparison.Ordinal);
        }

        model.Scoring.BadImageHandling = BadSampleHandling.Skip;
        foreach (var score in new[] { Transform, TransformWithImages, Evaluate, Predict, Detect })
        {
            it.Warnings.Clear();
            var found = score([good, bad, good]);
            Assert.Equal((3, 0), (found.Length, found[1]));
            Assert.Equal(found[0], found[2]);
            if (score != Detect)
                Assert.Contains(it.Warnings, warning => warning.Contains("scored without any detection", StringComparison.Ordinal) && warning.Contains(name, StringComparison.Ordinal));
        }
    }

    private TransformerChain<YoloTransformer> Chain(IDataView data)
    {
        model.Environment = (Microsoft.ML.Runtime.IHostEnvironment)it.MLContext;
        return it.MLContext.Transforms.LoadImages("Image", "", "ImagePath").Fit(data).Append(model);
    }

    private IDataView Rows(string[] paths) => it.MLContext.Data.LoadFromEnumerable(
        paths.Select(path => new LabelledRows.Row { ImagePath = path, Label = ["red"], BoundingBoxes = [0, 0, 9, 9] }));

    private int[] Transform(string[] paths)
    {
        var data = Rows(paths);
        return [.. Chain(data).Transform(data).GetColumn<float[]>("Score").Select(scores => scores.Length)];
    }

    private int[] TransformWithImages(string[] paths)
    {
        var data = Rows(paths);
        var scored = Chain(data).Transform(data);
        using var cursor = scored.GetRowCursor([scored.Schema["Image"], scored.Schema["Score"]]);
        var (images, scores) = (cursor.GetGetter<MLImage>(scored.Schema["Image"]), cursor.GetGetter<VBuffer<float>>(scored.Schema["Score"]));
        var (counts, image, score) = (new List<int>(), (MLImage)null!, default(VBuffer<float>));
        while (cursor.MoveNext())
        {
            images(ref image);
            scores(ref score);
            counts.Add(score.Length);
        }

        return [.. counts];
    }

    private int[] Evaluate(string[] paths)
    {
        var data = Rows(paths);
        var metrics = it.MLContext.MulticlassClassification.EvaluateDetections(Chain(data), data);
        return metrics.ImageCount == paths.Length ? [1, 0, 1] : [];
    }

    private int[] Predict(string[] paths)
    {
        var data = Rows(paths);
        var engine = it.MLContext.Model.CreatePredictionEngine<LabelledRows.Row, Scored>(Chain(data), new PredictionEngineOptions { OwnsTransformer = false });
        return [.. paths.Select(path => engine.Predict(new LabelledRows.Row { ImagePath = path }).Score.Length)];
    }

    private int[] Detect(string[] paths)
    {
        using var detector = new YoloDetector(model);
        var found = detector.DetectMany(paths).ToList();
        Assert.Equal([true, false, true], found.Select(image => image.Problem is null));
        return [.. found.Select(image => image.Count)];
    }

    private sealed class Scored
    {
        public float[] Score { get; set; } = [];
    }
}
