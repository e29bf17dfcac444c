using System.Globalization;
using Spectre.Console;

namespace ML.Yolo.Cli.Terminal;

/// <summary>Shows how training goes: a line per epoch, and below them, on a terminal, a bar with the time that is left.</summary>
internal static class TrainingDisplay
{
    /// <summary>Runs a training, telling the console of its progress.</summary>
    public static T Run<T>(ToolConsole console, Func<IProgress<TrainingProgress>?, T> train)
    {
        if (console.IsQuiet)
            return train(null);
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive)
            return train(new PlainLines(console));
        return AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => train(new LiveBar(context.AddTask("reading the images", autoStart: false))));
    }

    private sealed class PlainLines(ToolConsole console) : IProgress<TrainingProgress>
    {
        private readonly EpochTable _table = new();

        public void Report(TrainingProgress value)
        {
            if (!value.IsEpochEnd)
                return;
            foreach (var line in _table.Lines(value))
                console.Result(line);
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
