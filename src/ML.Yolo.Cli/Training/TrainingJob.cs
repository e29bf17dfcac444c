using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using ML.Yolo.Cli.Data;
using ML.Yolo.Cli.Models;
using ML.Yolo.Cli.Terminal;

namespace ML.Yolo.Cli.Training;

/// <summary>One training run, from the data to the files in its folder.</summary>
internal sealed class TrainingJob
{
    private const string InterruptionNotice
        = "Interrupted: training stops after this batch, and the best so far is kept. Once more ends at once.";

    private readonly RunOptions _options;
    private readonly ToolConsole _console;
    private readonly MLContext _mlContext;

    public TrainingJob(RunOptions options, ToolConsole console)
    {
        (_options, _console) = (options, console);
        _mlContext = console.CreateContext(options.Seed);
        if (options.Gpus is not [])
            (_mlContext.GpuDeviceId, _mlContext.FallbackToCpu) = (options.Gpus[Processes.LocalRank % options.Gpus.Count], false);
    }

    private Distribution Processes => _console.Processes;

    /// <summary>Trains.</summary>
    /// <param name="resumed">The folder of the run to go on with; null for a new one.</param>
    /// <param name="create">Makes the folder of a new one, once everything that can be checked is.</param>
    /// <returns>The exit code.</returns>
    public int Run(RunFolder? resumed, Func<RunFolder> create)
    {
        var (train, validation) = LoadData();
        var classNames = _mlContext.Data.GetClassNames(train);
        var keyed = _mlContext.WithKeys(train, classNames);
        _options.Trainer.ValidationSet = _mlContext.WithImages(_mlContext.WithKeys(validation, classNames));
        Check();
        // The first process has a folder, the others go by its name.
        var folder = resumed ?? (Processes.IsFirst ? create() : null);
        folder = RunFolder.At(Processes.Agree(folder?.FullPath ?? ""));
        using var log = Processes.IsFirst ? new StreamWriter(folder.Log, append: true) { AutoFlush = true } : StreamWriter.Null;
        _mlContext.Log += (_, entry) => Write(log, entry);
        if (Processes.IsFirst)
        {
            File.WriteAllText(folder.Options, _options.ToYaml());
            ContactSheet.Write(_mlContext, train, classNames, folder.File("labels.jpg"));
        }

        var (architecture, size) = (_options.Trainer.Architecture?.Name ?? Unnamed(), _options.Trainer.ImageSize);
        _console.Say(FormattableString.Invariant(
            $"{(resumed is null ? "Training in" : "Going on in")} {folder.FullPath}: {architecture} at {size} pixels, {classNames.Count} classes."));
        return Train(folder, keyed, validation, resumed is not null);
    }

    private string Unnamed() => _options.Trainer.PretrainedWeights is null ? YoloArchitecture.V5Nano.Name : "the network of the weights";

    private static void Write(StreamWriter log, LoggingEventArgs entry)
    {
        if (entry.Kind < ChannelMessageKind.Info)
            return;
        lock (log)
            log.WriteLine($"{DateTime.UtcNow.ToString("u", CultureInfo.InvariantCulture)} {entry.Kind}: {entry.RawMessage}");
    }

    private int Train(RunFolder folder, IDataView train, IDataView validation, bool resumes)
    {
        using var interruption = new Interruption(_console, InterruptionNotice);
        var trainer = _options.Trainer;
        (trainer.CheckpointDirectory, trainer.CsvLogPath, trainer.Resume) = (folder.FullPath, folder.File("results.csv"), resumes);
        trainer.CancellationToken = interruption.Token;
        trainer.Distribution = Processes;
        if (_options.Gpus.Count > 1 && Processes.Size == 1)
            trainer.DataParallelGpus = [.. _options.Gpus];
        try
        {
            trainer.Progress = _console.IsQuiet || !Processes.IsFirst ? null : YoloProgress.Console;
            using var model = _mlContext.ImageLoader().Append(_mlContext.MulticlassClassification.Trainers.Yolo(trainer)).Fit(train);
            var isInterrupted = Processes.Any(interruption.Token.IsCancellationRequested);
            return Processes.IsFirst ? Finish(folder, model, train.Schema, validation, isInterrupted) : isInterrupted ? ExitCode.Interrupted : ExitCode.Done;
        }
        catch (OperationCanceledException exception)
        {
            throw new OperationCanceledException($"Interrupted before an epoch was complete: there is nothing to keep. {HowToGoOn(folder)}", exception);
        }
    }

    private int Finish(RunFolder folder, TransformerChain<YoloTransformer> model, DataViewSchema schema, IDataView validation, bool isInterrupted)
    {
        var path = folder.File("model.zip");
        _mlContext.Model.SaveAtomically(model, schema, path);
        model.LastTransformer.SaveWeights(folder.File("best.safetensors"));
        if (isInterrupted)
        {
            _console.Result(path);
            _console.Error($"Interrupted. The best so far is in {path}. {HowToGoOn(folder)}");
            return ExitCode.Interrupted;
        }

        var scored = ModelMeasurement.Score(_mlContext, model.LastTransformer, validation);
        var metrics = ModelMeasurement.Measure(_mlContext, scored, DetectionMetricDefinition.Coco);
        if (!_console.IsQuiet)
            _console.Result($"{Environment.NewLine}{metrics.ToString().TrimEnd()}{Environment.NewLine}");
        ModelMeasurement.WriteReport(_mlContext, model.LastTransformer, scored, metrics, folder.FullPath, Path.GetFileName(folder.FullPath));
        _console.Result(path);
        return ExitCode.Done;
    }

    private static string HowToGoOn(RunFolder folder) => folder.HasCheckpoint
        ? $"Go on with: mlyolo train --resume '{folder.FullPath}'"
        : $"Begin anew with: mlyolo train --options '{folder.Options}'";

    private (IDataView Train, IDataView Validation) LoadData()
    {
        var data = _options.Data ?? throw new UsageException("--data PATH is expected: the labelled set.");
        var source = DatasetSource.Recognise(data, _options.Images, "--data");
        _console.Say($"{source.FullPath} is a {source.FormName} set.");
        var handling = _options.Trainer.BadSampleHandling;
        var train = source.Load(_mlContext.Data, "train", handling);
        if (_options.ValidationData is { } path)
        {
            var other = DatasetSource.Recognise(path, _options.ValidationImages ?? ImagesFor(path), "--val-data");
            _console.Say($"Each epoch is measured on {other.FullPath}, a {other.FormName} set.");
            return (train, other.Load(_mlContext.Data, other.HasSplit("val") ? "val" : "train", handling));
        }

        if (source.HasSplit("val"))
            return (train, source.Load(_mlContext.Data, "val", handling));
        var tenth = new HeldOutTenth(train, _options.Seed);
        _console.Say(string.Create(CultureInfo.InvariantCulture,
            $"It has no 'val' split: {tenth.Count} of its {tenth.Total} pictures, drawn by seed {_options.Seed}, are held out to measure each epoch on."));
        return tenth.Split(_mlContext, train);
    }

    // --images serves both, where both are COCO.
    private string? ImagesFor(string path)
        => Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase) && File.Exists(path) && JsonForm.Recognise(path) == DatasetForm.Coco
            ? _options.Images
            : null;

    // Making the trainer checks every option, before there is a folder.
    private void Check()
    {
        try
        {
            _ = _mlContext.MulticlassClassification.Trainers.Yolo(_options.Trainer);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(PlainMessage.Of(exception), exception);
        }
    }
}
