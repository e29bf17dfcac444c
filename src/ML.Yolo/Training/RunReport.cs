using System.Diagnostics;

namespace ML.Yolo.Training;

/// <summary>Tells how a run goes: after each batch the caller's listener, after each epoch also the history, ML.NET's log and the files.</summary>
internal sealed class RunReport
{
    private readonly List<TrainingEpoch> _epochs = [];
    private readonly Stopwatch _clock = new();
    private TimeSpan _earlier;

    /// <summary>When, where and on what the run is; of a run that is gone on with, as it began.</summary>
    public TrainingRun? Run { get; set; }

    /// <summary>Told of every batch and every epoch; null where nobody listens.</summary>
    public IProgress<TrainingProgress>? Listener { get; init; }

    /// <summary>Told of every epoch.</summary>
    public TrainingLog? Log { get; init; }

    /// <summary>Given the history after each epoch.</summary>
    public TrainingLogFiles? Files { get; init; }

    /// <summary>Whether anybody wants to hear of batches: reading their losses waits for the device.</summary>
    public bool HearsBatches => Listener is not null;

    /// <summary>The epochs that are over.</summary>
    public TrainingHistory History => new([.. _epochs]) { Run = Run };

    /// <summary>Time of the run so far, that before it was resumed included.</summary>
    public TimeSpan Elapsed => _earlier + _clock.Elapsed;

    /// <summary>Goes on from the epochs of an earlier run.</summary>
    public void Continue(TrainingHistory earlier)
    {
        _epochs.AddRange(earlier.Epochs);
        Run = earlier.Run ?? Run;
        _earlier = _epochs.Count == 0 ? TimeSpan.Zero : _epochs[^1].Elapsed;
    }

    /// <summary>Starts the clock.</summary>
    public void Begin() => _clock.Start();

    /// <summary>Tells of a batch.</summary>
    public void BatchEnded(TrainingProgress progress) => Listener?.Report(progress);

    /// <summary>Tells of an epoch.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void EpochEnded(TrainingProgress progress)
    {
        _epochs.Add(TrainingEpoch.Of(progress));
        Listener?.Report(progress);
        Log?.EpochEnded(progress);
        Files?.EpochEnded(History);
    }

    /// <summary>Says what a person should know.</summary>
    public void Warn(string message) => Log?.Warn(message);
}
