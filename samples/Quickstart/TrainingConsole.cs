using System.Globalization;
using ML.Yolo;
using Spectre.Console;

namespace Quickstart;

/// <summary>Shows how training goes: a live bar in a terminal, a plain line an epoch elsewhere.</summary>
internal static class TrainingConsole
{
    /// <summary>Runs a training, telling the console of its progress.</summary>
    public static T Run<T>(Func<IProgress<TrainingProgress>, T> train)
    {
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive)
            return train(new PlainLines());
        return AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => train(new LiveBar(context.AddTask("reading the images", autoStart: false))));
    }

    /// <summary>One line of an epoch's table.</summary>
    private static string EpochLine(TrainingProgress progress)
    {
        var losses = string.Join("  ", progress.Losses.Select(term => string.Create(CultureInfo.InvariantCulture, $"{term.Key} {term.Value:F4}")));
        var map = progress.Validation is { } metrics ? string.Create(CultureInfo.InvariantCulture, $"  mAP50 {metrics.MAP50:F3}  mAP50-95 {metrics.MAP50_95:F3}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"epoch {progress.Epoch,3}/{progress.EpochCount}  {losses}{map}  {progress.ImagesPerSecond,5:F1} images/s");
    }

    private sealed class PlainLines : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.IsEpochEnd)
                Console.WriteLine(EpochLine(value));
        }
    }

    private sealed class LiveBar(ProgressTask task) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            task.StartTask();
            task.MaxValue = (double)value.EpochCount * value.BatchCount;
            task.Value = ((value.Epoch - 1.0) * value.BatchCount) + value.Batch;
            task.Description = string.Create(CultureInfo.InvariantCulture, $"epoch {value.Epoch}/{value.EpochCount}  loss {value.Losses.Values.Sum():F4}  {value.ImagesPerSecond:F0} images/s");
            if (value.IsEpochEnd)
                AnsiConsole.WriteLine(EpochLine(value));
        }
    }
}
