using Microsoft.ML;
using ML.Yolo.Abuse.Concurrency;
using ML.Yolo.Tests;
using ML.Yolo.Tests.Datasets;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Tests.Persistence;
using ML.Yolo.Tests.Training;

namespace ML.Yolo.Abuse.Faults;

/// <summary>Disks that are full or may not be written to, folders that are files, and files that others write and cut short meanwhile.</summary>
public sealed class DiskTests : IDisposable
{
    private static readonly string Program = typeof(DiskTests).Assembly.Location;

    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SmallDiskFact]
    public void Write_DiskIsFull_EveryWriterNamesItsTargetAndLeavesWhatWasThere()
        => RunOnSmallDisk("cat /dev/zero > filler 2>/dev/null");

    [SmallDiskFact]
    public void Write_DiskIsReadOnly_EveryWriterNamesItsTargetAndLeavesWhatWasThere()
        => RunOnSmallDisk("mount -o remount,ro \"$0\"");

    [Fact]
    public void Write_FolderIsAFile_EveryWriterNamesItsTarget()
    {
        using var writers = new Writers();
        File.WriteAllText(_folder.File("taken"), "a file");

        foreach (var (name, write) in writers.All.Concat(writers.Folders))
        {
            var path = Path.Combine(_folder.Path, "taken", name);
            var exception = Assert.ThrowsAny<IOException>(() => write(path));
            Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        }

        Assert.Equal("a file", File.ReadAllText(_folder.File("taken")));
    }

    [Theory]
    [InlineData("CheckpointDirectory")]
    [InlineData("CsvLogPath")]
    [InlineData("TensorBoardFolder")]
    public void Fit_OutputCannotBeWritten_SaysSoBeforeTheFirstBatch(string option)
    {
        File.WriteAllText(_folder.File("taken"), "a file");
        var (options, told) = (TinyRun.Options(epochs: 1), 0);
        var path = Path.Combine(_folder.Path, "taken", "out");
        typeof(YoloTrainer.Options).GetProperty(option)!.SetValue(options, path);
        options.Progress = new Counter(() => told++);

        var exception = Assert.ThrowsAny<IOException>(() => TinyRun.Fit(_mlContext, options));

        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, told);
    }

    [Fact]
    public void Fit_AnotherRunHasTheFolder_IsRefusedNamingItsProcess()
    {
        Exception? refused = null;
        var options = Small();
        options.CheckpointDirectory = _folder.File("run");
        options.Progress = new Counter(() => refused ??= Record.Exception(() =>
        {
            var second = Small();
            second.CheckpointDirectory = _folder.File("run");
            TinyRun.Fit(new MLContext(seed: 2), second, images: 2).Dispose();
        }));

        TinyRun.Fit(_mlContext, options, images: 2).Dispose();

        var exception = Assert.IsType<IOException>(refused);
        Assert.Contains($"of process {Environment.ProcessId}", exception.Message, StringComparison.Ordinal);
        options.Progress = null;
        options.Resume = true;
        TinyRun.Fit(_mlContext, options, images: 2).Dispose();
    }

    [Fact]
    public void SaveAtomically_TwoWritersAndReadersOnOnePath_EveryReadIsWhole()
    {
        var (path, reads) = (_folder.File("model.zip"), 0);
        using var writers = new Writers();
        writers.All["zip"](path);

        Threads.Run(4, thread =>
        {
            for (var round = 0; round < 20; round++)
            {
                if (thread < 2)
                {
                    writers.All["zip"](path);
                    continue;
                }

                YoloDetector.Load(path).Dispose();
                Interlocked.Increment(ref reads);
            }
        });

        Assert.Equal(40, reads);
        Assert.Equal(["model.zip"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void SaveAsYoloDataset_TwoSplitsAtOnceIntoOneSet_WritesBothOrRefusesOneWhole()
    {
        for (var i = 0; i < 3; i++)
            LabelledRows.WritePicture(_folder.File("pictures", $"{i}.png"));
        var rows = _mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 3).Select(i => new LabelledRows.Row
        {
            ImagePath = _folder.File("pictures", $"{i}.png"),
            Label = ["a"],
            BoundingBoxes = [1, 2, 10, 12],
        }));
        var set = _folder.File("set");

        Threads.Run(2, thread => Record.Exception(() => _mlContext.Data.SaveAsYoloDataset(rows, set, thread == 0 ? "train" : "val")));

        foreach (var split in new[] { "train", "val" })
            Assert.Equal(3, Directory.GetFiles(Path.Combine(set, "images", split)).Length);
        Assert.Empty(Directory.GetDirectories(set, ".ml-yolo*"));
    }

    [Fact]
    public void Load_FileIsCutShortAndWrittenMeanwhile_IsReadOrRefused()
    {
        var path = _folder.File("weights.safetensors");
        using var writers = new Writers();
        writers.All["safetensors"](path);
        var whole = File.ReadAllBytes(path);
        var isOver = false;
        var changes = new Thread(() =>
        {
            for (var i = 0; !Volatile.Read(ref isOver); i++)
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                file.SetLength(i % 2 == 0 ? whole.Length * (i % 7) / 7 : 0);
                if (i % 2 == 1)
                    file.Write(whole);
            }
        });
        changes.Start();
        for (var i = 0; i < 300; i++)
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            var exception = Record.Exception(() => Safetensors.Load(path));
            Assert.True(exception is null or WeightsFormatException or IOException, exception?.ToString());
        }

        Volatile.Write(ref isOver, true);
        changes.Join();
    }

    [Fact]
    public void Fit_ImagesVanishAndShrinkWhileItReads_SaysWhichImage()
    {
        var paths = Enumerable.Range(0, 6).Select(i => _folder.File($"{i}.png")).ToList();
        foreach (var path in paths)
            LabelledRows.WritePicture(path, 64, 64);
        var rows = _mlContext.Data.LoadFromEnumerable(
            paths.Select(path => new LabelledRows.Row { ImagePath = path, Label = ["a"], BoundingBoxes = [5, 5, 40, 40] }));
        var load = _mlContext.Transforms.LoadImages("Image", null, "ImagePath").Append(_mlContext.Transforms.Conversion.MapValueToKey("Label"));
        var data = load.Fit(rows).Transform(rows);
        var options = Small();
        options.ImageCaching = ImageCaching.Off;
        options.MaxEpoch = 3;
        options.Progress = new Counter(() => File.WriteAllBytes(paths[3], []));

        var exception = Record.Exception(() => _mlContext.MulticlassClassification.Trainers.Yolo(options).Fit(data).Dispose());

        Assert.IsAssignableFrom<IOException>(exception);
        Assert.Contains(paths[3], exception.Message, StringComparison.Ordinal);
    }

    private static YoloTrainer.Options Small()
    {
        var options = TinyRun.Options(epochs: 1);
        (options.Architecture, options.BatchSize) = (SmallArchitecture.EveryBlock, 2);
        return options;
    }

    private void RunOnSmallDisk(string prepare)
    {
        var disk = Directory.CreateDirectory(_folder.File("disk")).FullName;

        const string old = "for f in zip weights onnx coco vott csv safetensors; do printf 'what was there before' > old.$f; done";
        var (exitCode, output) = SmallDiskFactAttribute.Run(disk, $"{old}; {prepare}; dotnet \"$1\" write \"$0\"", Program);

        Assert.True(exitCode == 0, output);
        Assert.Contains("every writer refused", output, StringComparison.Ordinal);
    }

    private sealed class Counter(Action told) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => told();
    }
}
