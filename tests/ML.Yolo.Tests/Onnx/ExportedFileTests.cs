using System.Text.Json;

namespace ML.Yolo.Tests.Onnx;

/// <summary>What is written in the file: metadata, structure, contract.</summary>
public sealed class ExportedFileTests
{
    [Fact]
    public void SaveAsOnnx_Metadata_NamesClassesStridesSizeAndCoding()
    {
        using var transformer = RandomDetector.Create(YoloArchitecture.V5Nano);

        var model = OnnxModel.Parse(transformer, new OnnxOptions { ImageHeight = 64, Output = OnnxOutput.RawMaps });

        var metadata = model.MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value);
        Assert.Equal("[\"class 0\",\"class 1\",\"class 2\"]", metadata["names"]);
        Assert.Equal(metadata["names"], metadata["class_names"]);
        Assert.Equal(("[8,16,32]", "[64,128]", "YoloV5", "yolov5n", "2"), (metadata["strides"], metadata["image_size"], metadata["box_coding"], metadata["architecture"], metadata["version"]));
        Assert.Equal([[[10, 13], [16, 30], [33, 23]], [[30, 61], [62, 45], [59, 119]], [[116, 90], [156, 198], [373, 326]]], JsonSerializer.Deserialize<float[][][]>(metadata["anchors"])!);
        Assert.Equal(18, Assert.Single(model.OpsetImport).Version);
    }

    [Theory]
    [InlineData(OnnxOutput.RawMaps, 3)]
    [InlineData(OnnxOutput.Decoded, 3)]
    [InlineData(OnnxOutput.Detections, 4)]
    [InlineData(OnnxOutput.Ultralytics, 4)]
    public void SaveAsOnnx_Structure_HasOneConvolutionAWeightAndNoNodeThatDoesNothing(OnnxOutput output, int transposes)
    {
        using var transformer = RandomDetector.Create(YoloArchitecture.V5Nano);

        var graph = OnnxModel.Parse(transformer, new OnnxOptions { Output = output }).Graph;

        var counts = graph.Node.CountBy(node => node.OpType).ToDictionary();
        var convolutions = transformer.Network.state_dict().Count(entry => entry.Value.dim() == 4);
        Assert.Equal(convolutions, counts["Conv"]);
        Assert.Equal(transposes, counts["Transpose"]);
        Assert.DoesNotContain(graph.Node, node => node.OpType is "Identity" or "BatchNormalization" or "Constant" or "Cast" && output != OnnxOutput.Detections);
        Assert.InRange(graph.Node.Count, convolutions * 3, (convolutions * 3) + 80);
    }

    [Theory]
    [InlineData(OnnxOutput.RawMaps, 0)]
    [InlineData(OnnxOutput.Decoded, 1)]
    [InlineData(OnnxOutput.Detections, 2)]
    [InlineData(OnnxOutput.Ultralytics, 2)]
    public void SaveAsOnnx_StructureOfAPointHead_HasOneConvolutionAWeightAndNoNodeThatDoesNothing(OnnxOutput output, int transposes)
    {
        using var transformer = RandomDetector.Create(YoloArchitecture.V8Nano);

        var graph = OnnxModel.Parse(transformer, new OnnxOptions { Output = output }).Graph;

        var counts = graph.Node.CountBy(node => node.OpType).ToDictionary();
        var convolutions = transformer.Network.state_dict().Count(entry => entry.Value.dim() == 4 && !entry.Key.Contains(".dfl.", StringComparison.Ordinal));
        Assert.Equal(convolutions, counts["Conv"]);
        Assert.Equal(transposes, counts.GetValueOrDefault("Transpose"));
        Assert.DoesNotContain(graph.Node, node => node.OpType is "Identity" or "BatchNormalization" or "Constant" or "Cast" && output != OnnxOutput.Detections);
        Assert.InRange(graph.Node.Count, convolutions * 3, (convolutions * 3) + 80);
    }

    [Theory]
    [InlineData("yolov3-tiny", OnnxOutput.RawMaps, false)]
    [InlineData("yolov3-tiny", OnnxOutput.Decoded, true)]
    [InlineData("yolov3-tiny", OnnxOutput.Detections, false)]
    [InlineData("yolov3-tiny", OnnxOutput.Detections, true)]
    [InlineData("yolov3-tiny", OnnxOutput.Ultralytics, false)]
    [InlineData("yolo11n", OnnxOutput.RawMaps, false)]
    [InlineData("yolo11n", OnnxOutput.Decoded, true)]
    [InlineData("yolo11n", OnnxOutput.Detections, true)]
    [InlineData("yolo11n", OnnxOutput.Ultralytics, false)]
    public void SaveAsOnnx_EveryValue_IsMadeOnceAndUsed(string name, OnnxOutput output, bool isPreprocessed)
    {
        using var transformer = RandomDetector.Create(YoloArchitecture.Parse(name));

        var graph = OnnxModel.Parse(transformer, new OnnxOptions { Output = output, IncludePreprocessing = isPreprocessed }).Graph;

        var made = graph.Node.SelectMany(node => node.Output).Concat(graph.Initializer.Select(tensor => tensor.Name)).Concat(graph.Input.Select(input => input.Name)).ToList();
        var used = graph.Node.SelectMany(node => node.Input).Concat(graph.Output.Select(value => value.Name)).Where(name => name.Length > 0).ToHashSet();
        Assert.Equal(made.Count, made.Distinct().Count());
        Assert.Empty(used.Except(made));
        Assert.Empty(made.Except(used).Except(graph.Node.Where(node => node.OpType is "Split" or "TopK").SelectMany(node => node.Output)));
    }

    [Theory]
    [InlineData("yolov5n", OnnxOutput.RawMaps, OnnxPrecision.Full, false, false)]
    [InlineData("yolov5n", OnnxOutput.RawMaps, OnnxPrecision.Half, true, false)]
    [InlineData("yolov5n", OnnxOutput.Decoded, OnnxPrecision.Full, true, false)]
    [InlineData("yolov5n", OnnxOutput.Detections, OnnxPrecision.Full, true, false)]
    [InlineData("yolov5n", OnnxOutput.Detections, OnnxPrecision.Half, false, true)]
    [InlineData("yolov5n", OnnxOutput.Decoded, OnnxPrecision.Full, false, true)]
    [InlineData("yolov5n", OnnxOutput.Ultralytics, OnnxPrecision.Full, false, false)]
    [InlineData("yolo11n", OnnxOutput.RawMaps, OnnxPrecision.Half, true, false)]
    [InlineData("yolo11n", OnnxOutput.Decoded, OnnxPrecision.Full, true, false)]
    [InlineData("yolo11n", OnnxOutput.Decoded, OnnxPrecision.Half, false, true)]
    [InlineData("yolo11n", OnnxOutput.Detections, OnnxPrecision.Full, false, true)]
    [InlineData("yolo11n", OnnxOutput.Ultralytics, OnnxPrecision.Full, false, false)]
    [InlineData("yolo11n", OnnxOutput.Ultralytics, OnnxPrecision.Half, true, false)]
    public void Open_AnyOptions_LoadsWithoutAWarning(string name, OnnxOutput output, OnnxPrecision precision, bool isDynamic, bool isPreprocessed)
    {
        using var transformer = RandomDetector.Create(YoloArchitecture.Parse(name));
        var before = OnnxWarnings.Messages.Count;

        using var model = OnnxModel.Of(transformer, new OnnxOptions { Output = output, Precision = precision, DynamicImageSize = isDynamic, IncludePreprocessing = isPreprocessed });

        Assert.True(OnnxWarnings.Messages.Count == before, string.Join('\n', OnnxWarnings.Messages));
    }

    [Fact]
    public void Open_FileThatWarns_IsHeard()
    {
        using var folder = new TemporaryFolder();
        using var transformer = RandomDetector.Create(YoloArchitecture.V5Nano);
        var model = OnnxModel.Parse(transformer, new OnnxOptions());
        model.Graph.Output[0].Type.TensorType.Shape.Dim[1].DimValue = 7;
        using (var stream = File.Create(folder.File("wrong.onnx")))
            Google.Protobuf.MessageExtensions.WriteTo(model, stream);
        var before = OnnxWarnings.Messages.Count;

        using var opened = new OnnxModel(folder.File("wrong.onnx"));

        Assert.NotEqual(before, OnnxWarnings.Messages.Count);
    }

    [Fact]
    public void SaveAsOnnx_TargetIsAFolder_SaysSoAndLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        using var transformer = RandomDetector.Create(YoloArchitecture.V5Nano);
        Directory.CreateDirectory(folder.File("model.onnx"));

        Assert.ThrowsAny<Exception>(() => transformer.SaveAsOnnx(folder.File("model.onnx")));

        Assert.Equal(["model.onnx"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("BatchSize is 0")]
    [InlineData("ImageWidth is 100")]
    [InlineData("ScoreThreshold is 1.5")]
    [InlineData("IncludePreprocessing, since images differ in size")]
    [InlineData("DynamicImageSize cannot be set")]
    [InlineData("IncludePreprocessing cannot be set: programs that read the layout of Ultralytics")]
    public void SaveAsOnnx_OptionOutOfRange_NamesIt(string message)
    {
        using var folder = new TemporaryFolder();
        using var transformer = RandomDetector.Create(YoloArchitecture.V5Nano);
        var options = message switch
        {
            "BatchSize is 0" => new OnnxOptions { BatchSize = 0 },
            "ImageWidth is 100" => new OnnxOptions { ImageWidth = 100 },
            "ScoreThreshold is 1.5" => new OnnxOptions { ScoreThreshold = 1.5f },
            "IncludePreprocessing, since images differ in size" => new OnnxOptions { IncludePreprocessing = true, BatchSize = null },
            "DynamicImageSize cannot be set" => new OnnxOptions { DynamicImageSize = true, ImageHeight = 64 },
            _ => new OnnxOptions { Output = OnnxOutput.Ultralytics, IncludePreprocessing = true },
        };

        var exception = Assert.ThrowsAny<ArgumentException>(() => transformer.SaveAsOnnx(folder.File("model.onnx"), options));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }
}
