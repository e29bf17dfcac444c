using System.Text.Json;
using ML.Yolo.Tests;

namespace ML.Yolo.Cli.Tests;

/// <summary>The README's lines on blood cells, in each format they come in. Runs are short: that they go through is what is asked.</summary>
[Trait("Category", "Long")]
public sealed class BloodCellTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedTheory]
    [InlineData("Pascal VOC")]
    [InlineData("COCO")]
    [InlineData("VoTT")]
    [InlineData("YOLO")]
    public void Train_BloodCells_TrainsMeasuresDetectsAndExports(string form)
    {
        var trained = Run(["train", .. Data(form), "--epochs", "1", "--image-size", "96", "--name", "cells"]);
        var model = trained.Lines[^1];

        Assert.Contains($"is a {form} set.", trained.Error, StringComparison.Ordinal);
        Assert.Equal(_folder.File("runs", "cells", "model.zip"), model);
        Assert.True(File.Exists(_folder.File("runs", "cells", "report.html")));
        var measured = Run("val", "--model", model, "--data", SharedFolder.Path("data", "bccd"), "--split", "test", "--json");
        Assert.Equal(945, JsonDocument.Parse(measured.Output).RootElement.GetProperty("GroundTruthCount").GetInt32());
        var detected = Run("detect", "--model", model, "--source", SharedFolder.Path("data", "bccd", "JPEGImages"), "--json");
        Assert.Equal(364, detected.Lines.Count);
        var exported = Run("export", "--model", model, "--format", "onnx", "--output-kind", "detections", "--preprocessing");
        Assert.True(File.Exists(exported.Output.Trim()));
    }

    private string[] Data(string form)
    {
        var root = SharedFolder.Path("data", "bccd");
        var (images, coco) = (Path.Combine(root, "JPEGImages"), Path.Combine(root, "coco"));
        switch (form)
        {
            case "Pascal VOC":
                return ["--data", root];
            case "COCO":
                return ["--data", Path.Combine(coco, "train.json"), "--images", images, "--val-data", Path.Combine(coco, "val.json")];
            case "VoTT":
                return ["--data", Path.Combine(root, "vott", "bccd-export.json")];
            default:
                Run("convert", "--from", root, "--to", "cells");
                return ["--data", "cells/data.yaml"];
        }
    }

    private Tool.Outcome Run(params string[] arguments)
    {
        var outcome = Tool.Run(_folder.Path, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }
}
