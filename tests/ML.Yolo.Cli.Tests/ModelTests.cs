using System.Text.Json;
using Microsoft.ML;
using ML.Yolo.Tests;

namespace ML.Yolo.Cli.Tests;

/// <summary>mlyolo val, detect and export, of one model.</summary>
[Collection(WithTrainedRun.Name)]
public sealed class ModelTests(TrainedRun run) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Val_Json_IsAllThatStandardOutputHolds()
    {
        var outcome = Tool.Run(_folder.Path, "val", "--model", run.Model, "--data", run.Set, "--json", "--definition", "ultralytics", "--report", "Bericht");

        Assert.Equal(0, outcome.ExitCode);
        using var json = JsonDocument.Parse(outcome.Output);
        Assert.Equal(4, json.RootElement.GetProperty("ImageCount").GetInt32());
        Assert.Contains("Bericht", File.ReadAllText(_folder.File("Bericht", "report.html")) + _folder.File("Bericht"), StringComparison.Ordinal);
    }

    [Fact]
    public void Val_EngineOfOnnxRuntime_MeasuresTheSame()
    {
        var exported = Tool.Run(_folder.Path, "export", "--model", run.Model, "--format", "onnx-zip", "--output", "ohne-torch.zip");
        Assert.Equal((0, _folder.File("ohne-torch.zip")), (exported.ExitCode, exported.Output.Trim()));

        var (torch, onnx) = (Measure(run.Model), Measure("ohne-torch.zip"));

        Assert.Contains("4 images", torch, StringComparison.Ordinal);
        Assert.Equal(torch, onnx);

        string Measure(string model) => Tool.Run(_folder.Path, "val", "--model", model, "--data", run.Set).Output;
    }

    [Fact]
    public void Detect_JsonOfAFolder_IsALinePerPictureInOrder()
    {
        var outcome = Tool.Run(_folder.Path, "detect", "--model", run.Model, "--source", run.Pictures, "--score", "0.001", "--json");

        Assert.Equal(0, outcome.ExitCode);
        var lines = outcome.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["0.png", "1.png", "2.png", "3.png"], lines.Select(line => Path.GetFileName(line.GetProperty("image").GetString())));
        Assert.Contains("квадраты", outcome.Output, StringComparison.Ordinal);
        Assert.Equal((96, 48), (lines[1].GetProperty("width").GetInt32(), lines[1].GetProperty("height").GetInt32()));
        var objects = lines.SelectMany(line => line.GetProperty("objects").EnumerateArray()).ToList();
        Assert.NotEmpty(objects);
        Assert.All(objects, found =>
        {
            Assert.Equal(found.GetProperty("class").GetInt32() == 0 ? "red" : "blue", found.GetProperty("label").GetString());
            Assert.Equal(4, found.GetProperty("box").GetArrayLength());
        });
    }

    [Fact]
    public void Detect_ClassByNameAndByIndex_FindsTheSame()
    {
        var (name, index, all) = (Detect("--classes", "BLUE"), Detect("--classes", "1"), Detect());

        Assert.Equal(name, index);
        Assert.Contains("blue", name, StringComparison.Ordinal);
        Assert.DoesNotContain("red", name, StringComparison.Ordinal);
        Assert.Contains("red", all, StringComparison.Ordinal);

        string Detect(params string[] more)
            => Tool.Run(_folder.Path, ["detect", "--model", run.Model, "--source", run.Pictures, "--score", "0", "--iou", "1", .. more]).Output;
    }

    [Fact]
    public void Detect_ListOnStandardInputPatternAndFile_AreReadAlike()
    {
        var pictures = new[] { "1.png", "2.png" }.Select(name => Path.Combine(run.Pictures, name)).ToArray();
        var relative = Array.ConvertAll(pictures, picture => Path.GetRelativePath(_folder.Path, picture));
        File.WriteAllLines(_folder.File("list.txt"), relative);
        string[] start = ["detect", "--model", run.Model, "--source"];

        var expected = Tool.Run(_folder.Path, [.. start, .. pictures]).Output;

        Assert.Equal(2, expected.Trim().Split('\n').Length);
        Assert.Equal(expected, Tool.RunWithInput(_folder.Path, string.Join('\n', pictures), [.. start, "-"]).Output);
        Assert.Equal(Tool.Run(_folder.Path, [.. start, .. relative]).Output, Tool.Run(_folder.Path, [.. start, "list.txt"]).Output);
        var matched = Tool.Run(_folder.Path, [.. start, Path.Combine(run.Folder, "**", "v?l", "?.png")]).Lines;
        Assert.Equal(expected.Trim().Split('\n'), matched.Skip(1).Take(2));
        Assert.Equal(4, matched.Count);
    }

    [Fact]
    public void Detect_BadPicture_IsSkippedAndSaidOrStops()
    {
        File.Copy(Path.Combine(run.Pictures, "1.png"), _folder.File("in", "b.png"));
        File.WriteAllText(_folder.File("in", "a.png"), "no picture");
        string[] line = ["detect", "--model", run.Model, "--source", "in", "--json"];

        var (skipping, stopping) = (Tool.Run(_folder.Path, line), Tool.Run(_folder.Path, [.. line, "--bad-images", "stop"]));

        Assert.Equal((0, 1), (skipping.ExitCode, stopping.ExitCode));
        Assert.Equal(2, skipping.Lines.Count);
        Assert.Contains("\"error\":", skipping.Lines[0], StringComparison.Ordinal);
        Assert.Contains("warning: 1 of 2 pictures could not be read", skipping.Error, StringComparison.Ordinal);
        Assert.Contains("a.png' is missing its header, or is not an image that can be read", stopping.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Detect_SaveImages_TwiceHasTwoFolders()
    {
        var another = Path.Combine(run.Set, "images", "train", "1.png");
        string[] line = ["detect", "--model", run.Model, "--source", run.Pictures, another, "--save-images", "--output", "Bilder"];

        var outcomes = new[] { Tool.Run(_folder.Path, line), Tool.Run(_folder.Path, line) };

        Assert.All(outcomes, outcome => Assert.Equal(0, outcome.ExitCode));
        string[] expected = ["0.png", "1-2.png", "1.png", "2.png", "3.png", "detections.jsonl"];
        foreach (var name in new[] { "Bilder", "Bilder2" })
            Assert.Equal(expected, Directory.GetFiles(_folder.File(name)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Detect_SaveYoloAndCoco_HoldTheObjectsThatAreWanted()
    {
        var outcome = Tool.Run(_folder.Path, "detect", "--model", run.Model, "--source", run.Pictures, "--score", "0.001", "--classes", "blue", "--json",
            "--save-yolo", "--save-coco", "--output", "gefunden");

        Assert.Equal(0, outcome.ExitCode);
        var counts = outcome.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("objects").GetArrayLength()).ToList();
        Assert.True(counts.Sum() > 0);
        var labels = Enumerable.Range(0, 4).Select(i => File.ReadAllLines(_folder.File("gefunden", "labels", $"{i}.txt"))).ToList();
        Assert.Equal(counts, labels.Select(lines => lines.Length));
        Assert.All(labels.SelectMany(lines => lines), line => Assert.Matches("^1( [0-9.E-]+){4}$", line));
        Assert.Equal(["red", "blue"], File.ReadAllLines(_folder.File("gefunden", "classes.txt")));
        using var coco = JsonDocument.Parse(File.ReadAllText(_folder.File("gefunden", "coco.json")));
        var annotations = coco.RootElement.GetProperty("annotations").EnumerateArray().ToList();
        Assert.Equal(counts, Enumerable.Range(1, 4).Select(id => annotations.Count(one => one.GetProperty("image_id").GetInt32() == id)));
        Assert.All(annotations, one => Assert.Equal(2, one.GetProperty("category_id").GetInt32()));
        Assert.All(annotations, one => Assert.InRange(one.GetProperty("score").GetSingle(), 0.001f, 1));
        Assert.Equal(96, coco.RootElement.GetProperty("images")[1].GetProperty("width").GetInt32());
    }

    [Fact]
    public void Detect_Tiles_FindsWhatTheLibraryFindsInThem()
    {
        var outcome = Tool.Run(_folder.Path, "detect", "--model", run.Model, "--source", run.Pictures, "--score", "0.001", "--tile", "48", "--tile-overlap", "0.5",
            "--json");

        Assert.Equal(0, outcome.ExitCode);
        using var detector = YoloDetector.Load(run.Model);
        detector.Scoring.ScoreThreshold = 0.001f;
        var expected = Enumerable.Range(0, 4).Select(i => detector.DetectTiled(Path.Combine(run.Pictures, $"{i}.png"), 48, 0.5f).Count).ToList();
        Assert.True(expected.Sum() > 0);
        Assert.Equal(expected, outcome.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("objects").GetArrayLength()));
    }

    [Fact]
    public void Detect_WeightsOrOnnxFileAsModel_FindsTheSameObjects()
    {
        string[] line = ["detect", "--source", run.Pictures, "--score", "0.01"];
        Assert.Equal(0, Tool.Run(_folder.Path, "export", "--model", run.Model, "--output-kind", "raw", "--image-size", "dynamic", "--output", "m.onnx").ExitCode);

        var expected = Tool.Run(_folder.Path, [.. line, "--model", run.Model]);
        var weights = Tool.Run(_folder.Path, [.. line, "--model", Path.Combine(run.Folder, "runs", "train", "best.safetensors")]);
        var exported = Tool.Run(_folder.Path, [.. line, "--model", "m.onnx"]);

        Assert.Equal((0, 0, 0), (expected.ExitCode, weights.ExitCode, exported.ExitCode));
        Assert.Equal(expected.Output, weights.Output);
        Assert.Equal(expected.Output, exported.Output);
    }

    [Fact]
    public void AnyCommand_WeightsThatDoNotNameTheirNetwork_SaysWhatIsTaken()
    {
        Safetensors.Save(_folder.File("bare.safetensors"), new Dictionary<string, TorchSharp.torch.Tensor> { ["a"] = TorchSharp.torch.zeros(2) });

        var outcome = Tool.Run(_folder.Path, "inspect", "bare.safetensors");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("bare.safetensors' names no architecture", outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("The tool takes what says all about itself: a model.zip", outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("is an address", "--source", "http://example.org/a.jpg")]
    [InlineData("does not exist", "--source", "nix.jpg")]
    [InlineData("matches no picture", "--source", "*.jpg")]
    [InlineData("is a folder without pictures", "--source", ".")]
    [InlineData("--score is '1,5'; a number from 0 to 1 is expected.", "--source", ".", "--score", "1,5")]
    [InlineData("--tile is 31; at least 32 pixels are expected.", "--source", ".", "--tile", "31")]
    [InlineData("--tile-overlap is '0.95'; a number from 0 to 0.9 is expected.", "--source", ".", "--tile", "64", "--tile-overlap", "0.95")]
    [InlineData("--tile-overlap is for --tile, which is not given.", "--source", ".", "--tile-overlap", "0.5")]
    [InlineData("Option '--source' is required", "--score", "0.5")]
    public void Detect_WrongUsage_SaysSoInOneLine(string expected, params string[] arguments)
    {
        var outcome = Tool.Run(_folder.Path, ["detect", "--model", run.Model, .. arguments]);

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(expected, outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Detect_UnknownClass_NamesThoseThereAre()
    {
        var outcome = Tool.Run(_folder.Path, "detect", "--model", run.Model, "--source", run.Pictures, "--classes", "green");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("'green', which the model does not know; it knows 0 red, 1 blue.", outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("val", "--data", ".")]
    [InlineData("detect", "--source", ".")]
    [InlineData("export", "--format", "onnx")]
    public void AnyCommand_ModelThatIsNone_SaysWhich(string command, string option, string value)
    {
        File.WriteAllText(_folder.File("kaputt.zip"), "no zip");
        File.Copy(Path.Combine(run.Pictures, "1.png"), _folder.File("1.png"));
        File.WriteAllText(_folder.File("data.yaml"), "train: .\nval: .\nnames: [a]\n");

        var missing = Tool.Run(_folder.Path, command, "--model", "nix.zip", option, value);
        var broken = Tool.Run(_folder.Path, command, "--model", "kaputt.zip", option, value);

        Assert.Equal((2, 1), (missing.ExitCode, broken.ExitCode));
        Assert.Contains("'nix.zip' does not exist", missing.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("kaputt.zip", broken.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Export_Safetensors_HoldsTheModelsTensorsAndNames()
    {
        var outcome = Tool.Run(_folder.Path, "export", "--model", run.Model, "--format", "safetensors", "--output", "w.safetensors");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(File.ReadAllBytes(Path.Combine(run.Folder, "runs", "train", "best.safetensors")), File.ReadAllBytes(_folder.File("w.safetensors")));
    }

    [Theory]
    [InlineData("raw", "--batch", "dynamic", "--image-size", "dynamic")]
    [InlineData("decoded", "--image-size", "64x128", "--half")]
    [InlineData("detections", "--preprocessing")]
    [InlineData("ultralytics")]
    public void Export_Onnx_GivesAFileOfThatKind(string kind, params string[] more)
    {
        var outcome = Tool.Run(_folder.Path, ["export", "--model", run.Model, "--output-kind", kind, "--output", "Ä.onnx", .. more]);

        Assert.Equal((0, _folder.File("Ä.onnx")), (outcome.ExitCode, outcome.Output.Trim()));
        Assert.InRange(new FileInfo(_folder.File("Ä.onnx")).Length, 3_000_000, 8_000_000);
    }

    [Theory]
    [InlineData("--half is for --format onnx, and the format is safetensors.", "--format", "safetensors", "--half")]
    [InlineData("--batch is '0'", "--batch", "0")]
    [InlineData("--image-size is '64x'", "--image-size", "64x")]
    [InlineData("must be 1 with IncludePreprocessing", "--batch", "2", "--preprocessing")]
    public void Export_WrongUsage_SaysSoAndLeavesNoFile(string expected, params string[] arguments)
    {
        var outcome = Tool.Run(_folder.Path, ["export", "--model", run.Model, "--output", "x", .. arguments]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(expected, outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Model_OfTheTool_LoadsInAProgramAndAsksForAPathAlone()
    {
        var mlContext = new MLContext();
        var model = mlContext.Model.Load(run.Model, out _);

        var scored = model.Transform(mlContext.Data.LoadFromEnumerable([new { ImagePath = Path.Combine(run.Pictures, "1.png") }]));

        Assert.NotNull(scored.Schema.GetColumnOrNull("PredictedLabel"));
        (model as IDisposable)?.Dispose();
    }
}
