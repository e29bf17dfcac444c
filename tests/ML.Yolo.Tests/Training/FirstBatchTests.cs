using Microsoft.ML;
using SkiaSharp;

namespace ML.Yolo.Tests.Training;

/// <summary>The check of labels: the first batch as the network saw it.</summary>
public sealed class FirstBatchTests
{
    [Fact]
    public void Fit_AnyRun_KeepsTheFirstBatchWithItsBoxesWhereTheObjectsAre()
    {
        using var model = TinyRun.Fit(new MLContext(seed: 1), TinyRun.Options(epochs: 1));

        var first = model.Insight!.FirstBatch!;

        Assert.Equal((1, 4), (first.Epoch, first.Images.Count));
        var objects = first.Images.SelectMany(image => image.Objects.Select(item => (image, item.Class, item.Box))).ToList();
        Assert.NotEmpty(objects);
        Assert.All(objects, entry => Assert.Equal(entry.Class, ColourAt(entry.image.Jpeg, (int)((entry.Box.X0 + entry.Box.X1) / 2), (int)((entry.Box.Y0 + entry.Box.Y1) / 2))));
    }

    [Fact]
    public void Fit_AnyRun_SurveysEveryObjectLearned()
    {
        using var model = TinyRun.Fit(new MLContext(seed: 1), TinyRun.Options(epochs: 1));

        var survey = model.Insight!.Objects;

        var labels = SquareImages.Draw(8).SelectMany(row => row.Label).ToList();
        Assert.Equal((labels.Count(label => label == "red"), labels.Count(label => label == "blue")), (survey.Counts[0], survey.Counts[1]));
        Assert.Equal(labels.Count, survey.Positions.Cast<int>().Sum());
        Assert.Equal(labels.Count, survey.Sizes.Count);
    }

    /// <summary>0 is red, 1 is blue; colours are varied, but not that far.</summary>
    private static int ColourAt(byte[] jpeg, int x, int y)
    {
        using var picture = SKBitmap.Decode(jpeg);
        var pixel = picture.GetPixel(Math.Clamp(x, 0, picture.Width - 1), Math.Clamp(y, 0, picture.Height - 1));
        return pixel.Red > pixel.Blue ? 0 : 1;
    }
}
