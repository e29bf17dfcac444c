using ML.Yolo.Reports;

namespace ML.Yolo;

/// <summary>Ready-made listeners for <see cref="YoloTrainer.Options.Progress"/>.</summary>
public static class YoloProgress
{
    /// <summary>
    /// A table on the console that grows by a line per epoch: losses, metrics, speed and the time that is left. In a terminal the line below it tells of every
    /// batch; where output goes to a file or a pipe there is none.
    /// </summary>
    public static IProgress<TrainingProgress> Console => new EpochTable(System.Console.Out, !System.Console.IsOutputRedirected, ConsoleWidth);

    /// <summary>The same on any writer.</summary>
    /// <param name="writer">Gets the lines; not owned.</param>
    /// <param name="isLive">Whether a line that is written over and over tells of every batch.</param>
    public static IProgress<TrainingProgress> To(TextWriter writer, bool isLive = false)
    {
        ArgumentNullException.ThrowIfNull(writer);
        return new EpochTable(writer, isLive, () => int.MaxValue);
    }

    private static int ConsoleWidth()
    {
        try
        {
            return System.Console.WindowWidth > 1 ? System.Console.WindowWidth - 1 : int.MaxValue;
        }
        catch (IOException)
        {
            return int.MaxValue;
        }
    }
}
