using System.Text;
using System.Text.Json.Nodes;
using ML.Yolo.Persistence;

namespace ML.Yolo.Tests.Persistence;

public sealed class EarlierManifestsTests
{
    [Fact]
    public void Parse_ManifestOfVersion1_NestsTheScoringOptions()
    {
        var options = Parse("""
            { "ImageSize": 160, "Loss": { "Variant": "YoloV3" },
              "ScoreThreshold": 0.125, "IouThreshold": 0.5, "MultiLabel": true, "MaxDetections": 7, "ScoringCanvas": "Square", "ScoringBatchSize": 3 }
            """).Options;

        var expected = JsonNode.Parse("""
            { "ScoreThreshold": 0.125, "IouThreshold": 0.5, "MultiLabel": true, "MaxDetections": 7, "Canvas": "Square", "BatchSize": 3 }
            """);
        Assert.True(JsonNode.DeepEquals(expected, options["Scoring"]), options.ToJsonString());
        Assert.Equal(["ImageSize", "Loss", "Scoring", "Recipe"], options.Select(option => option.Key));
    }

    [Theory]
    [InlineData("YoloV5")]
    [InlineData("YoloV3")]
    public void Parse_ManifestOfVersion1_NamesTheDecoderOfTheLoss(string variant)
        => Assert.Equal(variant, Parse($$"""{ "Loss": { "Variant": "{{variant}}" } }""").Decoder);

    [Fact]
    public void Parse_Version1WithLargerBatchesThanAllowedNow_TakesTheLargestAllowed()
    {
        var scoring = Parse("""{ "Loss": { "Variant": "YoloV5" }, "ScoringBatchSize": 5000 }""").Options["Scoring"]!;

        Assert.Equal(1024, scoring["BatchSize"]!.GetValue<int>());
    }

    [Fact]
    public void Parse_Version1WithBatchesThatAreNotANumber_LeavesThemToWhoReadsTheOptions()
        => Assert.Equal("1e99", Parse("""{ "Loss": { "Variant": "YoloV5" }, "ScoringBatchSize": 1e99 }""").Options["Scoring"]!["BatchSize"]!.ToJsonString());

    [Fact]
    public void Parse_ManifestOfToday_StaysAsItIs()
    {
        const string Options = """{"Loss":{"Variant":"YoloV5"},"Scoring":{"ScoreThreshold":0.5},"ScoreThreshold":0.125,"Recipe":"Auto"}""";

        var manifest = Parse(Options, """ "Decoder": "YoloV3", """);

        Assert.Equal((Options, "YoloV3"), (manifest.Options.ToJsonString(), manifest.Decoder));
    }

    [Theory]
    [InlineData("[]", "It is not a JSON object.")]
    [InlineData("""{ "ClassNames": ["a"], "WeightsLength": 1, "WeightsSha256": "00" }""", "Options")]
    [InlineData("""{ "ClassNames": ["a"], "Decoder": "YoloV5", "Options": {}, "WeightsSha256": "00" }""", "WeightsLength")]
    [InlineData("""{ "ClassNames": [], "Decoder": "YoloV5", "Options": {}, "WeightsLength": 1, "WeightsSha256": "00" }""", "names no class")]
    [InlineData("""{ "ClassNames": ["a"], "Decoder": "YoloV5", "Options": {}, "Options": {}, "WeightsLength": 1, "WeightsSha256": "00" }""", "Options")]
    public void Parse_NotAManifest_SaysWhatIsWrong(string json, string part)
    {
        var exception = Assert.Throws<WeightsFormatException>(() => ModelManifest.Parse(Encoding.UTF8.GetBytes(json)));

        Assert.StartsWith("The model's 'yolo.json' is damaged: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
    }

    private static ModelManifest Parse(string options, string decoder = "")
    {
        var json = $$"""{ "ClassNames": ["a"], {{decoder}} "Options": {{options}}, "WeightsLength": 1, "WeightsSha256": "00" }""";
        return ModelManifest.Parse(Encoding.UTF8.GetBytes(json));
    }
}
