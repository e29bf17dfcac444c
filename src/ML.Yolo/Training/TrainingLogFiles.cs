using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>Writes the numbers of each epoch, as it ends, to files.</summary>
/// <param name="csvPath">A file that gets a line per epoch; null where there is none.</param>
/// <param name="tensorBoardFolder">A folder that gets TensorBoard's event file; null where there is none.</param>
internal sealed class TrainingLogFiles(string? csvPath, string? tensorBoardFolder)
{
    private readonly SummaryWriter? _tensorBoard = tensorBoardFolder is null ? null : utils.tensorboard.SummaryWriter(tensorBoardFolder);

    /// <exception cref="IOException">A file cannot be written.</exception>
    public void EpochEnded(TrainingHistory history)
    {
        if (csvPath is not null)
            history.WriteCsv(csvPath);
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
