using System.Security.Cryptography;
using System.Text;
using ML.Yolo.Devices;
using ML.Yolo.Training;

namespace ML.Yolo;

/// <summary>What one process of several does around a run: its share of the processors, the same options as the others, their checkpoint.</summary>
internal sealed class RankRun : IDisposable
{
    private ProcessorThreads? _threads;
    private DirectoryInfo? _copy;

    private RankRun()
    {
    }

    /// <summary>Begins, on every rank. The options of all but the first then have a folder of their own for checkpoints, which they only read.</summary>
    /// <exception cref="ArgumentException">An option does not go with as many processes, or differs from the first rank's.</exception>
    public static RankRun Begin(Distribution distribution, YoloTrainer.Options options)
    {
        var run = new RankRun();
        if (distribution.Size == 1)
            return run;
        options.Check(distribution);
        RequireSameOptions(distribution, options);
        run._threads = ProcessorThreads.Limit(distribution.ProcessorCount);
        try
        {
            run.CopyCheckpoint(distribution, options);
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Which process is which rank: launchers name processes alone when one dies.</summary>
    public static string Describe(Distribution distribution)
    {
        const int Shown = 64;
        var own = FormattableString.Invariant($"rank {distribution.Rank} is process {Environment.ProcessId} on {Environment.MachineName}");
        var all = Array.ConvertAll(distribution.Gather(Encoding.UTF8.GetBytes(own)), Encoding.UTF8.GetString);
        return $"{distribution.Size} processes share every batch: {string.Join(", ", all.Take(Shown))}{(all.Length > Shown ? " …" : "")}.";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _copy?.Delete(recursive: true);
        _threads?.Dispose();
    }

    private static void RequireSameOptions(Distribution distribution, YoloTrainer.Options options)
    {
        var text = FormattableString.Invariant($"{options.CheckpointDirectory is not null} {options.Resume} {options.ValidationSet is not null} ")
            + DetectorManifest.ToJson(options).ToJsonString();
        var all = distribution.Gather(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        var other = Array.FindIndex(all, one => !one.SequenceEqual(all[0]));
        if (other > 0)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"Rank {other} was given other options than rank 0; the same were expected on all {distribution.Size}."), nameof(options));
        }
    }

    /// <summary>The first rank's folder may be on a disk that the others do not see.</summary>
    private void CopyCheckpoint(Distribution distribution, YoloTrainer.Options options)
    {
        if (options.CheckpointDirectory is not { } path)
            return;
        if (!distribution.IsFirst)
        {
            _copy = Directory.CreateTempSubdirectory("ml-yolo-rank-");
            options.CheckpointDirectory = _copy.FullName;
        }

        if (!options.Resume)
            return;
        foreach (var name in RunFolder.FileNames)
            CopyFile(distribution, Path.Combine(path, name), _copy is null ? null : Path.Combine(_copy.FullName, name));
    }

    /// <param name="distribution">The processes.</param>
    /// <param name="source">The first rank's file.</param>
    /// <param name="target">Where this rank writes it; null on the first.</param>
    private static void CopyFile(Distribution distribution, string source, string? target)
    {
        const int Absent = -1;
        const int BlockLength = 32 << 20;
        using var file = target is not null ? null : File.Exists(source) ? File.OpenRead(source) : null;
        var blocks = distribution.Agree(file is null ? Absent : (int)((file.Length + BlockLength - 1) / BlockLength));
        if (blocks == Absent)
            return;
        using var copy = target is null ? null : File.Create(target);
        for (var block = 0; block < blocks; block++)
        {
            var length = distribution.Agree(file is null ? 0 : (int)Math.Min(BlockLength, file.Length - file.Position));
            var bytes = new byte[length];
            file?.ReadExactly(bytes);
            distribution.Broadcast(bytes);
            copy?.Write(bytes);
        }
    }
}
