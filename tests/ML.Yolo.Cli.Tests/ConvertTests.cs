using Microsoft.ML;
using ML.Yolo.Tests;
using ML.Yolo.Tests.Datasets;
using ML.Yolo.Tests.Documentation;

namespace ML.Yolo.Cli.Tests;

/// <summary>mlyolo convert.</summary>
public sealed class ConvertTests : IDisposable
{
    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Convert_ToPascalVocAndToVott_KeepsEveryObject()
    {
        SquareFolder.Write(_folder.File("set"), trainCount: 4, valCount: 2);

        var voc = Convert("--from", "set", "--to", "voc", "--to-format", "voc");
        var vott = Convert("--from", "voc", "--to", "all.json", "--to-format", "vott", "--split", "train");
        var back = Convert("--from", "all.json", "--to", "back");

        Assert.All(new[] { voc, vott, back }, outcome => Assert.Equal(0, outcome.ExitCode));
        Assert.Equal(2, voc.Lines.Count(line => line.StartsWith("Wrote ", StringComparison.Ordinal)));
        Assert.Equal(Objects(voc.Lines[0]), Objects(vott.Lines[^1]));
        Assert.Equal(Objects(voc.Lines[0]), Objects(back.Lines[^1]));
        Assert.True(File.Exists(_folder.File("voc", "ImageSets", "Main", "val.txt")));

        static string Objects(string line) => line[..line.IndexOf(" to ", StringComparison.Ordinal)];
    }

    [Theory]
    [InlineData("--to is 'out.json', and --to-format is voc; a folder is expected.", "out.json", "voc")]
    [InlineData("--to is 'out', and --to-format is vott; the path of a .json is expected.", "out", "vott")]
    public void Convert_FormatThatDoesNotFitThePath_SaysWhatIsExpected(string expected, string to, string format)
    {
        var outcome = Convert("--from", "set", "--to", to, "--to-format", format);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(expected, outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_YoloToCocoAndBack_KeepsEverySplit()
    {
        WriteYolo();

        var there = Convert("--from", "set", "--to", "set.json");
        var back = Convert("--from", "set-val.json", "--images", _folder.File("set", "images", "val"), "--to", "back");

        Assert.Equal((0, 0), (there.ExitCode, back.ExitCode));
        var (before, after) = (_mlContext.Data.LoadFromYoloDataset(_folder.File("set"), "val"), _mlContext.Data.LoadFromYoloDataset(_folder.File("back")));
        LabelledRows.AssertEqual(LabelledRows.Of(_mlContext, before), LabelledRows.Of(_mlContext, after));
        Assert.Equal(["a", "b"], _mlContext.Data.GetClassNames(after));
        Assert.True(File.Exists(_folder.File("set-train.json")));
    }

    [Fact]
    public void Convert_BadLabels_SaysWhereInOneLineOrSkipsThem()
    {
        WriteYolo();
        File.WriteAllText(_folder.File("set", "labels", "val", "2.txt"), "7 0.5 0.5 0.5 0.5\n");

        var stopped = Convert("--from", "set", "--split", "val", "--to", "stopped");
        var skipping = Convert("--from", "set", "--split", "val", "--to", "skipped", "--skip-bad");

        Assert.Equal((1, 0), (stopped.ExitCode, skipping.ExitCode));
        Assert.Contains("2.txt', line 1: class is '7'", stopped.ErrorLine, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("stopped")));
        Assert.Contains("1 bad sample of 2", skipping.Error, StringComparison.Ordinal);
        Assert.Contains("Wrote 1 images", skipping.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_SharesAndSeed_DealsEveryPictureOnceAndTheSameAgain()
    {
        WriteYolo(pictures: 10);

        var first = Convert("--from", "set", "--to", "one", "--split", "60/20/20", "--seed", "4");
        var second = Convert("--from", "set", "--to", "two", "--split", "60/20/20", "--seed", "4");

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        var (one, two) = (Names("one"), Names("two"));
        Assert.Equal([14, 4, 5], one.Select(names => names.Length));
        Assert.Equal(one, two);

        string[][] Names(string set) => [.. new[] { "train", "val", "test" }.Select(split => Files(_folder.File(set, "images", split)))];

        static string[] Files(string folder) => [.. Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void Convert_RenameAndDrop_ChangesLabelsAndKeepsPictures()
    {
        WriteYolo();
        File.WriteAllText(_folder.File("set", "labels", "val", "2.txt"), "0 0.5 0.5 0.5 0.5\n1 0.5 0.5 0.2 0.2\n");

        var outcome = Convert("--from", "set", "--split", "val", "--to", "out", "--rename", "b=new", "--drop", "a");

        Assert.Equal(0, outcome.ExitCode);
        var rows = _mlContext.Data.LoadFromYoloDataset(_folder.File("out"), "val");
        Assert.Equal(["new"], _mlContext.Data.GetClassNames(rows));
        Assert.Equal([1, 1], LabelledRows.Of(_mlContext, rows).Select(row => row.Label.Length));
    }

    [Fact]
    public void Convert_TwoSets_MergesThem()
    {
        WriteYolo();
        LabelledRows.WritePicture(_folder.File("other", "images", "train", "9.png"));
        File.WriteAllText(_folder.File("other", "labels", "train", "9.txt"), "0 0.5 0.5 0.5 0.5\n");
        File.WriteAllText(_folder.File("other", "data.yaml"), "train: images/train\nnames: [c]\n");

        var outcome = Convert("--from", "set", "--from", "other", "--to", "both");

        Assert.Equal(0, outcome.ExitCode);
        var rows = _mlContext.Data.LoadFromYoloDataset(_folder.File("both"));
        Assert.Equal(["a", "b", "c"], _mlContext.Data.GetClassNames(rows));
        Assert.Equal(["b", "c"], LabelledRows.Of(_mlContext, rows).Select(row => row.Label.Single()));
    }

    [Theory]
    [InlineData("--rename names 'x', which is not a class of the set; there are a, b.", "--rename", "x=y")]
    [InlineData("--rename is 'x'; OLD=NEW is expected.", "--rename", "x")]
    [InlineData("--drop leaves no class", "--drop", "a", "--drop", "b")]
    [InlineData("has no split 'tset'; it has 'train', 'val'.", "--split", "tset")]
    [InlineData("--split is '80/x'", "--split", "80/x")]
    public void Convert_WrongUsage_SaysSoAndWritesNothing(string expected, params string[] arguments)
    {
        WriteYolo();

        var outcome = Convert(["--from", "set", "--to", "out", .. arguments]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(expected, outcome.ErrorLine, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    private Tool.Outcome Convert(params string[] arguments) => Tool.Run(_folder.Path, ["convert", .. arguments]);

    private void WriteYolo(int pictures = 0)
    {
        var extra = Enumerable.Range(10, pictures).SelectMany(number => new[] { ("train", $"{number}"), ("val", $"{number + 100}") });
        foreach (var (split, name) in extra.Concat([("train", "1"), ("val", "1"), ("val", "2")]))
        {
            LabelledRows.WritePicture(_folder.File("set", "images", split, name + ".png"));
            var label = _folder.File("set", "labels", split, name + ".txt");
            File.WriteAllText(label, "1 0.5 0.5 0.5 0.5\n");
        }

        File.WriteAllText(_folder.File("set", "data.yaml"), "train: images/train\nval: images/val\nnames: [a, b]\n");
    }
}
