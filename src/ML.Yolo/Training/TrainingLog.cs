using System.Globalization;
using Microsoft.ML.Runtime;
using ML.Yolo.Samples;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>Tells ML.NET's log and progress channels how training goes.</summary>
internal sealed class TrainingLog : IDisposable
{
    private readonly IChannel _channel;
    private readonly IProgressChannel _progress;
    private readonly Distribution _distribution;
    private TrainingProgress? _last;

    /// <param name="channel">The log; not owned.</param>
    /// <param name="progress">The progress channel; not owned.</param>
    /// <param name="distribution">Processes that train together: the first speaks for all.</param>
    public TrainingLog(IChannel channel, IProgressChannel progress, Distribution distribution)
    {
        (_channel, _progress, _distribution) = (channel, progress, distribution);
        progress.SetHeader(new ProgressHeader(["loss", "mAP50-95"], ["epochs"]), Fill);
    }

    /// <summary>Says what was found or done.</summary>
    public void Say(string message)
    {
        if (_distribution.IsFirst)
            _channel.Info(MessageSensitivity.Unknown, message);
    }

    /// <summary>Says what a person should look at.</summary>
    public void Warn(string message)
    {
        if (_distribution.IsFirst)
            _channel.Warning(MessageSensitivity.Unknown, message);
    }

    /// <summary>Says what a person should look at, and what only this process knows.</summary>
    public void WarnOfOwn(string message)
        => _channel.Warning(MessageSensitivity.Unknown, _distribution.Size == 1 ? message : $"On {_distribution}: {message}");

    /// <summary>Says what is in a set.</summary>
    /// <param name="name">The set, such as "training".</param>
    /// <param name="summary">What is in it.</param>
    public void Describe(string name, DatasetSummary summary) => Say($"The {name} data: {summary}");

    /// <summary>Says what is trained, on what.</summary>
    public void Begin(YoloNetwork network, TrainingSet set, int seed, Device device)
    {
        var parameters = network.parameters().Sum(parameter => parameter.numel());
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"Training {network.Architecture} ({parameters:N0} parameters) on {set.Samples.Count} images with {set.BoxCount} objects "
            + $"of {network.ClassCount} classes; device {device.type}, seed {seed}."));
    }

    /// <summary>Says what an epoch gave.</summary>
    public void EpochEnded(TrainingProgress progress)
    {
        _last = progress;
        var losses = string.Join(", ", progress.Losses.Select(term => string.Create(CultureInfo.InvariantCulture, $"{term.Key} {term.Value:F4}")));
        var map = progress.Validation is { } metrics
            ? string.Create(CultureInfo.InvariantCulture, $", mAP50 {metrics.MAP50:F3}, mAP50-95 {metrics.MAP50_95:F3}")
            : "";
        var exchange = _distribution.Size > 1
            ? string.Create(CultureInfo.InvariantCulture, $", {progress.ExchangeShare:P1} exchanging with {_distribution.Size - 1} other processes")
            : "";
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"Epoch {progress.Epoch}/{progress.EpochCount}: {losses}{map}, {progress.ImagesPerSecond:F1} images/s, "
            + $"{progress.LoaderWaitShare:P1} waiting for data{exchange}."));
        _progress.Checkpoint(progress.Losses.Values.Sum(), progress.Validation?.MAP50_95, progress.Epoch);
    }

    /// <inheritdoc/>
    public void Dispose() => _last = null;

    private void Fill(IProgressEntry entry)
    {
        if (_last is not { } last)
            return;
        entry.SetProgress(0, last.Epoch, last.EpochCount);
        entry.SetMetric(0, last.Losses.Values.Sum());
        if (last.Validation is { } metrics)
            entry.SetMetric(1, metrics.MAP50_95);
    }
}
