using System.Globalization;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>Tells ML.NET's log and progress channels how training goes.</summary>
internal sealed class TrainingLog : IDisposable
{
    private readonly IChannel _channel;
    private readonly IProgressChannel _progress;
    private TrainingProgress? _last;

    public TrainingLog(IChannel channel, IProgressChannel progress)
    {
        (_channel, _progress) = (channel, progress);
        progress.SetHeader(new ProgressHeader(["loss", "mAP50-95"], ["epochs"]), Fill);
    }

    public void Say(string message) => _channel.Info(message);

    public void Warn(string message) => _channel.Warning(message);

    public void Describe(string name, DatasetSummary summary) => _channel.Info($"The {name} data: {summary}");

    public void Begin(YoloNetwork network, int images, int boxes, int classes, int seed, Device device)
        => _channel.Info(string.Create(CultureInfo.InvariantCulture,
            $"Training {network.Architecture} ({network.parameters().Sum(parameter => parameter.numel()):N0} parameters) on {images} images with {boxes} objects of {classes} classes; device {device.type}, seed {seed}."));

    public void EpochEnded(TrainingProgress progress)
    {
        _last = progress;
        var losses = string.Join(", ", progress.Losses.Select(term => string.Create(CultureInfo.InvariantCulture, $"{term.Key} {term.Value:F4}")));
        var map = progress.Validation is { } metrics ? string.Create(CultureInfo.InvariantCulture, $", mAP50 {metrics.MAP50:F3}, mAP50-95 {metrics.MAP50_95:F3}") : "";
        _channel.Info(string.Create(CultureInfo.InvariantCulture, $"Epoch {progress.Epoch}/{progress.EpochCount}: {losses}{map}, {progress.ImagesPerSecond:F1} images/s, {progress.LoaderWaitShare:P1} waiting for data."));
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
