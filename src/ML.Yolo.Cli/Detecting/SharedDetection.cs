using System.Text;
using ML.Yolo.Cli.Terminal;

namespace ML.Yolo.Cli.Detecting;

/// <summary>
/// Detects in pictures block by block. Several processes take a block each, meet, and the first prints what all found, in the order of the pictures. Blocks
/// that an earlier run has done are passed over.
/// </summary>
/// <param name="console">Where it is printed.</param>
/// <param name="detection">Scores pictures.</param>
/// <param name="output">Saves pictures and makes lines.</param>
/// <param name="folder">Keeps the lines; null where nothing is kept.</param>
internal sealed class SharedDetection(ToolConsole console, BatchedDetection detection, DetectionOutput output, DetectionFolder? folder)
{
    /// <summary>Pictures per block: what is scored anew where a run was cut off.</summary>
    public const int BlockLength = 64;

    /// <summary>Pictures that could not be read.</summary>
    public int Bad { get; private set; }

    /// <summary>Pictures of blocks that were done already.</summary>
    public int Earlier { get; private set; }

    /// <summary>Detects in all that are missing.</summary>
    /// <param name="paths">The pictures.</param>
    /// <param name="isCanceled">Whether to stop after the blocks at work.</param>
    /// <returns>Pictures done; fewer than there are where it was stopped.</returns>
    public int Run(IReadOnlyList<string> paths, Func<bool> isCanceled)
    {
        var names = PictureNames.Of(paths);
        var blocks = paths.Chunk(BlockLength).ToArray();
        var missing = Missing(blocks);
        var (processes, done, bad) = (console.Processes, Earlier, 0);
        for (var first = 0; first < missing.Length && !processes.Any(isCanceled()); first += processes.Size)
        {
            var round = missing[first..Math.Min(first + processes.Size, missing.Length)];
            List<string> printed = processes.Rank < round.Length ? Score(round[processes.Rank], blocks, names, ref bad) : [];
            foreach (var lines in processes.Gather(Encoding.UTF8.GetBytes(string.Join('\n', printed))))
                Print(Encoding.UTF8.GetString(lines));
            done += round.Sum(block => blocks[block].Length);
        }

        double[] sum = [bad];
        processes.Sum(sum.AsSpan());
        Bad = (int)sum[0];
        if (done == paths.Count && processes.IsFirst)
            folder?.Finish(blocks.Length);
        return done;
    }

    /// <summary>The first process looks; a folder may be seen late by others.</summary>
    private int[] Missing(string[][] blocks)
    {
        var isDone = new byte[blocks.Length];
        for (var block = 0; block < blocks.Length; block++)
            isDone[block] = folder is not null && folder.Has(block) ? (byte)1 : (byte)0;
        console.Processes.Broadcast(isDone);
        Earlier = blocks.Where((_, block) => isDone[block] == 1).Sum(block => block.Length);
        return [.. Enumerable.Range(0, blocks.Length).Where(block => isDone[block] == 0)];
    }

    private List<string> Score(int block, string[][] blocks, string[] names, ref int bad)
    {
        var (printed, kept, coco) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var (index, image) in detection.Score(blocks[block]).Index())
        {
            bad += image.Detections is null ? 1 : 0;
            var written = output.Write(image, names[(block * BlockLength) + index]);
            kept.Add(written.Line);
            if (written.Printed is not null)
                printed.Add(written.Printed);
            if (written.Coco is not null)
                coco.Add(written.Coco);
        }

        folder?.WriteBlock(block, kept, coco);
        return printed;
    }

    private void Print(string lines)
    {
        if (lines.Length > 0)
            console.Result(lines);
    }
}
