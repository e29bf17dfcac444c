namespace ML.Yolo.Tests.Persistence;

/// <summary>A fact that needs a disk of one megabyte: a file system in memory, mounted for one child process alone. Skipped where that is not allowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        using var folder = new TemporaryFolder();
        if (!OperatingSystem.IsLinux() || Run(folder.Path, "true").ExitCode != 0)
            Skip = "A small file system can be mounted on Linux alone, by those who may.";
    }

    /// <summary>Runs a line of shell in <paramref name="folder"/>, which is the small disk for as long as it runs.</summary>
    public static (int ExitCode, string Output) Run(string folder, string line, params string[] arguments)
        => ChildProcess.Run("unshare", ["--mount", "--", "sh", "-c", $"mount -t tmpfs -o size=1m tmpfs \"$0\" && cd \"$0\" && {{ {line}; }}", folder, .. arguments]);
}
