using ML.Yolo.Tests;
using ML.Yolo.Tests.Documentation;

namespace ML.Yolo.Cli.Tests;

/// <summary>A set of drawn squares and a run of two epochs on it, made once for all tests that need a model.</summary>
public sealed class TrainedRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TrainedRun()
    {
        SquareFolder.Write(Set, trainCount: 8, valCount: 4);
        Outcome = Tool.Run(Folder, ["train", "--data", "Sätze/квадраты", .. Small, "--epochs", "2", "--set", "Loss.BoxWeight=0.1"]);
    }

    /// <summary>Options of the smallest run there can be.</summary>
    public static string[] Small { get; } = ["--image-size", "64", "--batch-size", "4", "--set", "NominalBatchSize=4", "--set", "WarmupEpochs=0"];

    /// <summary>Where the tool was run.</summary>
    public string Folder => _folder.Path;

    /// <summary>The set, in the YOLO format; its path is not of ASCII alone.</summary>
    public string Set => Path.Combine(Folder, "Sätze", "квадраты");

    /// <summary>The model.</summary>
    public string Model => Path.Combine(Folder, "runs", "train", "model.zip");

    /// <summary>A folder of four pictures.</summary>
    public string Pictures => Path.Combine(Set, "images", "val");

    internal Tool.Outcome Outcome { get; }

    public void Dispose() => _folder.Dispose();
}
