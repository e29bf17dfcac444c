using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using ML.Yolo.Tests.Networks;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Onnx;

/// <summary>Files in the layout of Ultralytics' exports: keys, shapes and values as the programs that read them expect.</summary>
public sealed class UltralyticsOutputTests
{
    [Theory]
    [InlineData("yolov5n", false)]
    [InlineData("yolov5n", true)]
    [InlineData("yolov8n", false)]
    [InlineData("yolo11n", true)]
    public void SaveAsOnnx_Ultralytics_GivesBoxesAndScoresByColumn(string name, bool isDynamic)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var transformer = RandomDetector.Create(YoloArchitecture.Parse(name));
        using var model = OnnxModel.Of(transformer, new OnnxOptions { Output = OnnxOutput.Ultralytics, BatchSize = isDynamic ? null : 2, DynamicImageSize = isDynamic });
        var images = rand(2, 3, 128, 128);

        var output = Assert.Single(model.Run(images));

        var expected = transformer.Network.Head.CreateDecoder().Decode(transformer.Network.Forward(images));
        Assert.Equal("output0", output.Key);
        TensorAssert.Close(cat([expected.Boxes, expected.Scores], 2).transpose(1, 2), output.Value, relative: 1e-3, absolute: 1e-3);
    }

    [Fact]
    public void SaveAsOnnx_Ultralytics_HasTheInputTheOutputAndTheKeysOfThatLayout()
    {
        using var transformer = RandomDetector.Create(YoloArchitecture.V8Nano);

        var model = OnnxModel.Parse(transformer, new OnnxOptions { Output = OnnxOutput.Ultralytics, ImageHeight = 64 });

        var metadata = model.MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value);
        Assert.Equal(("detect", "32", "1", "[64, 128]"), (metadata["task"], metadata["stride"], metadata["batch"], metadata["imgsz"]));
        Assert.Equal("{0: 'class 0', 1: 'class 1', 2: 'class 2'}", metadata["names"]);
        Assert.Equal("[\"class 0\",\"class 1\",\"class 2\"]", metadata["class_names"]);
        Assert.Equal(("ML.Yolo", "Ultralytics YOLOv8 output layout of yolov8n, written by ML.Yolo", "2"), (metadata["author"], metadata["description"], metadata["contract_version"]));
        Assert.True(Version.TryParse(metadata["version"], out _), metadata["version"]);
        Assert.Equal(("images", "output0"), (Assert.Single(model.Graph.Input).Name, Assert.Single(model.Graph.Output).Name));
        Assert.Equal([1, 3, 64, 128], model.Graph.Input[0].Type.TensorType.Shape.Dim.Select(side => side.DimValue));
        Assert.Equal([1, 7, (8 * 16) + (4 * 8) + (2 * 4)], model.Graph.Output[0].Type.TensorType.Shape.Dim.Select(side => side.DimValue));
    }

    [Fact]
    public void SaveAsOnnx_OpenSizes_NamesTheSizeTheDetectorWasTrainedWith()
    {
        using var transformer = RandomDetector.Create(YoloArchitecture.V5Nano);

        var model = OnnxModel.Parse(transformer, new OnnxOptions { Output = OnnxOutput.Ultralytics, BatchSize = null, DynamicImageSize = true });

        var metadata = model.MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value);
        Assert.Equal(("1", "[128, 128]"), (metadata["batch"], metadata["imgsz"]));
    }

    [Fact]
    public void SaveAsOnnx_Decoded_HasTheStrideAndTheNamesThatTheScriptOfYoloV5Reads()
    {
        using var transformer = RandomDetector.Create(YoloArchitecture.V5Nano);

        var metadata = OnnxModel.Parse(transformer, new OnnxOptions()).MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value);

        Assert.Equal(("32", "{0: 'class 0', 1: 'class 1', 2: 'class 2'}"), (metadata["stride"], metadata["names"]));
        Assert.Equal(["class 0", "class 1", "class 2"], JsonSerializer.Deserialize<string[]>(metadata["class_names"])!);
    }

    [Theory]
    [InlineData("car, red", "car; red")]
    [InlineData("size: large", "size - large")]
    [InlineData("driver's", "driver`s")]
    [InlineData("\"quoted\"", "`quoted`")]
    [InlineData("a\\n", "a/n")]
    [InlineData("two\nlines", "two lines")]
    [InlineData("a,\tb", "a; b")]
    [InlineData("a,", "a,")]
    [InlineData("a:", "a:")]
    [InlineData("{x}", "{x}")]
    [InlineData("Bäume 樹", "Bäume 樹")]
    public void SaveAsOnnx_NameThatMisleadsReaders_IsWrittenOtherwiseAndThatIsSaid(string name, string written)
    {
        using var folder = new TemporaryFolder();
        using var transformer = Named([name, "plain", name]);

        var said = transformer.SaveAsOnnx(folder.File("model.onnx"), new OnnxOptions { Output = OnnxOutput.Ultralytics });

        var metadata = OnnxModel.Parse(transformer, new OnnxOptions { Output = OnnxOutput.Ultralytics }).MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value);
        Assert.Equal([name, "plain", name], JsonSerializer.Deserialize<string[]>(metadata["class_names"])!);
        Assert.Equal([written, "plain", written], SplitAtQuotes(metadata["names"]));
        Assert.Equal([written, "plain", written], SplitWithoutQuotes(metadata["names"]));
        if (name == written)
            Assert.Empty(said);
        else
            Assert.Contains($"writes 2 class names otherwise under 'names', which programs take apart at commas, colons and quotes: \"{name}\" as \"{written}\"", Assert.Single(said), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OnnxOutput.RawMaps)]
    [InlineData(OnnxOutput.Detections)]
    public void SaveAsOnnx_OutputOfOurOwn_KeepsEveryName(OnnxOutput output)
    {
        using var folder = new TemporaryFolder();
        using var transformer = Named(["a, b", "c"]);

        Assert.Empty(transformer.SaveAsOnnx(folder.File("model.onnx"), new OnnxOptions { Output = output }));

        var metadata = OnnxModel.Parse(transformer, new OnnxOptions { Output = output }).MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value);
        Assert.Equal("[\"a, b\",\"c\"]", metadata["names"]);
    }

    /// <summary>As YoloSharp reads names: split at commas, then at colons, the quotes cut off.</summary>
    private static string[] SplitAtQuotes(string text) => [.. text[1..^1].Split(", ").Select((entry, i) => Value(entry, i)[1..^1])];

    /// <summary>As YoloDotNet reads them: without braces and quotes, split at commas, then at colons.</summary>
    private static string[] SplitWithoutQuotes(string text) => [.. text.Trim('{', '}').Replace("'", "", StringComparison.Ordinal).Split(", ").Select(Value)];

    private static string Value(string entry, int index)
    {
        var parts = entry.Split(": ");
        Assert.Equal(2, parts.Length);
        Assert.Equal(index, int.Parse(parts[0], CultureInfo.InvariantCulture));
        return parts[1];
    }

    private static YoloTransformer Named(string[] names)
    {
        var options = new YoloTrainer.Options { Architecture = SmallArchitecture.Points, ImageSize = 64 };
        return new YoloTransformer((IHostEnvironment)new MLContext(), YoloNetwork.Create(SmallArchitecture.Points, names.Length), names, options);
    }
}
