using System.Text.Json;
using ML.Yolo.Imaging;
using SkiaSharp;

namespace ML.Yolo.Tests.Detecting;

/// <summary>Results as JSON, as YOLO labels and as COCO results.</summary>
public sealed class ImageDetectionsTests
{
    private static readonly DetectedObject Cat = new("cat", 1, 0.75f, new Box(10, 5, 30, 15));
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    [Fact]
    public void Serialize_Detections_ReadBackTheSame()
    {
        var detections = new ImageDetections("a.jpg", new ImageFrame(40, 20, SKEncodedOrigin.RightTop), [Cat]);

        var again = JsonSerializer.Deserialize<ImageDetections>(JsonSerializer.Serialize(detections))!;

        Assert.Equal(detections, again);
        Assert.Equal(("a.jpg", 40, 20), (again.Source, again.Width, again.Height));
        Assert.Equal(detections.ToUpright()[0], again.ToUpright()[0]);
    }

    [Fact]
    public void Serialize_ForTheWeb_NamesEveryPartOnce()
    {
        var detections = new ImageDetections(null, new ImageFrame(40, 20, default), [Cat]);

        Assert.Equal(
            """{"source":null,"width":40,"height":20,"orientation":1,"objects":[{"label":"cat","classIndex":1,"score":0.75,"box":{"x0":10,"y0":5,"x1":30,"y1":15}}]}""",
            JsonSerializer.Serialize(detections, Web));
    }

    [Theory]
    [InlineData("null", false)]
    [InlineData("{}", true)]
    [InlineData("""{"Width":4,"Height":4,"Orientation":9,"Objects":[]}""", true)]
    [InlineData("""{"Width":4,"Height":4}""", true)]
    public void Deserialize_NotDetections_IsRefused(string json, bool throws)
    {
        if (throws)
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ImageDetections>(json));
        else
            Assert.Null(JsonSerializer.Deserialize<ImageDetections>(json));
    }

    [Fact]
    public void ToYoloLines_StoredLying_AreOfTheUprightImage()
    {
        var lying = new ImageDetections(null, new ImageFrame(40, 20, SKEncodedOrigin.RightTop), [Cat]);
        var upright = new ImageDetections(null, new ImageFrame(40, 20, default), [Cat]);

        Assert.Equal(["1 0.5 0.5 0.5 0.5"], lying.ToYoloLines());
        Assert.Equal(["1 0.5 0.5 0.5 0.5 0.75"], upright.ToYoloLines(includeScores: true));
    }

    [Fact]
    public void ToYoloLines_OffCentre_TurnWithTheImage()
    {
        var lying = new ImageDetections(null, new ImageFrame(40, 20, SKEncodedOrigin.RightTop), [Cat with { Box = new Box(0, 0, 10, 5) }]);

        Assert.Equal(["1 0.875 0.125 0.25 0.25"], lying.ToYoloLines());
    }

    [Fact]
    public void ToCoco_Detections_AreAResultsFile()
    {
        var detections = new ImageDetections(null, new ImageFrame(40, 20, default), [Cat]);

        Assert.Equal("""[{"image_id":7,"category_id":2,"bbox":[10,5,20,10],"score":0.75}]""", JsonSerializer.Serialize(detections.ToCoco(7)));
        Assert.Equal(90, detections.ToCoco(7, [3, 90])[0].CategoryId);
        Assert.Throws<ArgumentException>(() => detections.ToCoco(7, [3]));
    }
}
