using System.CommandLine;

namespace ML.Yolo.Cli.Data;

/// <summary>The options by which commands name a labelled set.</summary>
internal sealed class DataOptions
{
    /// <summary>The set.</summary>
    public Option<string?> Data { get; } = new("--data")
    {
        Description = "The labelled set: a data.yaml or its folder (YOLO), a folder with ImageSets/Main (Pascal VOC), a .json with --images (COCO), "
            + "a .json of VoTT. The format is recognised, and said.",
        HelpName = "PATH",
    };

    /// <summary>The pictures of a COCO set.</summary>
    public Option<string?> Images { get; } = new("--images")
    {
        Description = "The folder that the file names of a COCO set are relative to.",
        HelpName = "FOLDER",
    };

    /// <summary>Whether bad samples are left out.</summary>
    public Option<bool> SkipBad { get; } = new("--skip-bad")
    {
        Description = "Leave bad samples out and report them, instead of stopping at the first.",
    };

    /// <summary>What is to be done with bad samples.</summary>
    public BadSampleHandling Handling(ParseResult parsed) => parsed.GetValue(SkipBad) ? BadSampleHandling.Skip : BadSampleHandling.Throw;

    /// <summary>The set that is named.</summary>
    /// <exception cref="UsageException">None is, or it is not one.</exception>
    public DatasetSource Source(ParseResult parsed) => parsed.GetValue(Data) is { } path
        ? DatasetSource.Recognise(path, parsed.GetValue(Images), Data.Name)
        : throw new UsageException($"{Data.Name} PATH is expected: the labelled set.");
}
