using System.Globalization;
using ML.Yolo;
using Spectre.Console;

namespace Quickstart;

/// <summary>Shows how training goes: a table of the epochs, and below it in a terminal a live bar with the time that is left.</summary>
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

    private sealed class PlainLines : IProgress<TrainingProgress>
    {
        private readonly EpochTable _table = new();

        public void Report(TrainingProgress value)
        {
            if (!value.IsEpochEnd)
                return;
            foreach (var line in _table.Lines(value))
                Console.WriteLine(line);
        }
    }

    private sealed class LiveBar(ProgressTask task) : IProgress<TrainingProgress>
    {
        private readonly EpochTable _table = new();

        public void Report(TrainingProgress value)
        {
            task.StartTask();
            task.MaxValue = (double)value.EpochCount * value.BatchCount;
            task.Value = ((value.Epoch - 1.0) * value.BatchCount) + value.Batch;
            task.Description = string.Create(
                CultureInfo.InvariantCulture,
                $"epoch {value.Epoch}/{value.EpochCount}  loss {value.Losses.Values.Sum():F4}  {value.ImagesPerSecond:F0} images/s");
            if (!value.IsEpochEnd)
                return;
            foreach (var line in _table.Lines(value))
                AnsiConsole.WriteLine(line);
        }
    }
}
