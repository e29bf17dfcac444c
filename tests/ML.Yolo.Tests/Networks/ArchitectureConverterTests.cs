using System.Text.Json;
using ML.Yolo.Networks;

namespace ML.Yolo.Tests.Networks;

public sealed class ArchitectureConverterTests
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new ArchitectureConverter() } };

    [Fact]
    public void Write_ArchitectureOfTheLibrary_IsItsName() => Assert.Equal("\"yolov3-spp\"", JsonSerializer.Serialize(YoloArchitecture.V3Spp, Json));

    [Fact]
    public void Read_OwnDescription_IsEqualToTheOneWritten()
    {
        var text = JsonSerializer.Serialize(SmallArchitecture.EveryBlock, Json);

        Assert.Equal(SmallArchitecture.EveryBlock, JsonSerializer.Deserialize<YoloArchitecture>(text, Json));
        Assert.Contains("""{"Block":"C3","Channels":16,"Repeats":2,"Shortcut":true,"From":[-1]}""", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_OwnDescriptionWithoutAnchors_IsEqualToTheOneWritten(bool isWide)
    {
        var architecture = isWide ? SmallArchitecture.WidePoints : SmallArchitecture.Points;

        var text = JsonSerializer.Serialize(architecture, Json);

        Assert.Equal(architecture, JsonSerializer.Deserialize<YoloArchitecture>(text, Json));
        Assert.Contains("""{"Block":"C3k2","Channels":32,"Repeats":1,"HasC3k":true,"Expansion":0.5,"Shortcut":true,"From":[-1]}""", text, StringComparison.Ordinal);
        Assert.Contains($$"""{"Block":"DetectPoints","Depthwise":{{(isWide ? "true" : "false")}},"From":[12,9]}""", text, StringComparison.Ordinal);
        Assert.Equal(isWide, text.Contains("\"MaxChannels\":32", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_OwnDescriptionUnderANameOfTheLibrary_IsTheWholeDescription()
    {
        var other = new YoloArchitecture("yolov5n", [LayerDescription.Conv(8, 3), LayerDescription.Detect(0)], new float[,,] { { { 8, 8 } } });

        var read = JsonSerializer.Deserialize<YoloArchitecture>(JsonSerializer.Serialize(other, Json), Json);

        Assert.Equal(other, read);
        Assert.NotEqual(YoloArchitecture.V5Nano, read);
    }

    [Theory]
    [InlineData("\"yolov9\"", "No architecture is named 'yolov9'; there are yolov5n, yolov5s")]
    [InlineData("""{"Name":"x","Depth":1,"Width":1,"Anchors":[[[8,8]]],"Layers":[{"Block":"Conv","Channels":8,"Kernel":3,"Stride":1,"Padding":1,"From":[-1]},{"Block":"Detect","From":[5]}]}""", "layer 1 (Detect) takes its input from layer 5")]
    [InlineData("""{"Name":"x","Depth":1,"Width":1,"Anchors":[[[8,8]]],"Layers":[null,{"Block":"Detect","From":[0]}]}""", "layer 0 is missing")]
    [InlineData("""{"Name":"x","Depth":1,"Width":1,"Anchors":[[[8,8,8]]],"Layers":[]}""", "anchors of layer 0 are not 1 pairs of numbers")]
    [InlineData("""{"Name":"x","Depth":1,"Width":1,"Layers":[{"Block":"Conv","Channels":8,"Kernel":3,"Stride":1,"Padding":1,"From":[-1]},{"Block":"Detect","From":[0]}]}""", "has no anchors")]
    [InlineData("""{"Name":"x","Depth":1,"Width":1,"Anchors":[[[8,8]]]}""", "layers")]
    [InlineData("""{"Name":"x","Depth":1,"Width":1,"Anchors":[[[8,8]]],"Layers":[{"Block":"Loop"}]}""", "Loop")]
    [InlineData("""{"Name":"x","Depth":1e300,"Width":1,"Anchors":[[[8,8]]],"Layers":[]}""", "depth is 1E+300; it must be above 0 and at most 16")]
    public void Read_TextThatDescribesNoArchitecture_SaysWhy(string text, string message)
    {
        var exception = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<YoloArchitecture>(text, Json));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }
}
