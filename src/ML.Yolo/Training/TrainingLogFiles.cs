using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>Writes the numbers of each epoch, as it ends, to the files that the options name.</summary>
internal sealed class TrainingLogFiles(YoloTrainer.Options options)
{
    private readonly TorchSharp.Modules.SummaryWriter? _tensorBoard = options.TensorBoardFolder is { } folder ? utils.tensorboard.SummaryWriter(folder) : null;

    /// <exception cref="IOException">A file cannot be written.</exception>
    public void EpochEnded(TrainingHistory history)
    {
        if (options.CsvLogPath is { } path)
            history.WriteCsv(path);
        if (_tensorBoard is null)
            return;
        var epoch = history.Epochs[^1];
        foreach (var (name, value) in epoch.Numbers())
        {
            if (value is { } number)
                _tensorBoard.add_scalar(name, (float)number, epoch.Epoch, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        }
    }
}
