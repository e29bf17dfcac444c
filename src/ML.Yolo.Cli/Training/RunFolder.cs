namespace ML.Yolo.Cli.Training;

/// <summary>The folder of one run. Each run has its own: run, run2, run3, and so on.</summary>
internal sealed class RunFolder
{
    /// <summary>Name of the file that says what is run.</summary>
    public const string OptionsName = "options.yaml";

    /// <summary>Name of the log.</summary>
    public const string LogName = "log.txt";

    private const string CheckpointName = "last.safetensors";

    private RunFolder(string path) => FullPath = path;

    /// <summary>Full path.</summary>
    public string FullPath { get; }

    /// <summary>The file that says what is run.</summary>
    public string Options => File(OptionsName);

    /// <summary>The log.</summary>
    public string Log => File(LogName);

    /// <summary>Whether there is a checkpoint to go on from.</summary>
    public bool HasCheckpoint => System.IO.File.Exists(File(CheckpointName));

    /// <summary>Makes the first folder of name, name2, name3 … that is not there yet, or is empty.</summary>
    /// <param name="parent">Where it is to be.</param>
    /// <param name="name">What it is to be called.</param>
    /// <param name="claim">Name of the file that takes possession of it.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static RunFolder Create(string parent, string name, string claim)
    {
        for (var number = 1; ; number++)
        {
            var path = Path.GetFullPath(Path.Combine(parent, number == 1 ? name : FormattableString.Invariant($"{name}{number}")));
            if (System.IO.File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
                continue;
            Directory.CreateDirectory(path);
            var folder = new RunFolder(path);
            if (Claim(folder.File(claim)))
                return folder;
        }
    }

    /// <summary>A folder that is a run's.</summary>
    public static RunFolder At(string path) => new(path);

    /// <summary>The folder of a run that is to go on.</summary>
    /// <exception cref="UsageException">It is not one.</exception>
    public static RunFolder Open(string path)
    {
        var folder = new RunFolder(Path.GetFullPath(path));
        if (!System.IO.File.Exists(folder.Options))
            throw new UsageException($"--resume '{path}' holds no {OptionsName}; the folder of a run of 'mlyolo train' is expected.");
        return folder.HasCheckpoint
            ? folder
            : throw new UsageException(
                $"--resume '{path}' holds no {CheckpointName}: no epoch of it was complete. Train anew with --options '{folder.Options}'.");
    }

    /// <summary>Path of a file in it.</summary>
    public string File(string name) => Path.Combine(FullPath, name);

    // Of two processes that found the same free name, the one that makes the file has it: the system lets one alone.
    private static bool Claim(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.CreateNew);
            return true;
        }
        catch (IOException) when (System.IO.File.Exists(path))
        {
            return false;
        }
    }
}
