using System.Text.Json.Nodes;
using ML.Yolo.Weights;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>
/// The folder of a run's checkpoints: <c>last.safetensors</c>, all that is needed to go on, and <c>best.safetensors</c>, the best averaged weights.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="identity">Which run it is.</param>
internal sealed class RunFolder(string path, TrainingIdentity identity)
{
    private const string LastName = "last.safetensors";
    private const string BestName = "best.safetensors";

    private readonly string _last = Path.Combine(path, LastName);
    private readonly string _best = Path.Combine(path, BestName);

    /// <summary>Names of the files.</summary>
    public static IReadOnlyList<string> FileNames { get; } = [LastName, BestName];

    /// <summary>Whether a folder holds a run to go on from.</summary>
    public static bool HasRun(string? path) => path is not null && File.Exists(Path.Combine(path, LastName));

    /// <summary>Writes where a run stands, each file whole or not at all.</summary>
    /// <param name="state">The state.</param>
    /// <param name="history">The epochs that are over.</param>
    /// <param name="tensors">The run's tensors.</param>
    /// <param name="newBest">The best weights where they changed, else null.</param>
    /// <exception cref="IOException">A file cannot be written; the message names it.</exception>
    public void Save(TrainingState state, TrainingHistory history, RunTensors tensors, YoloNetwork? newBest)
    {
        using var scope = NewDisposeScope();
        if (newBest is not null)
            Safetensors.Save(_best, newBest.state_dict());
        new Checkpoint(state, identity, history).Save(_last, tensors.Collect());
    }

    /// <summary>Puts a run where the last checkpoint says.</summary>
    /// <param name="tensors">Gets the checkpoint's tensors.</param>
    /// <param name="warn">Told what changed since.</param>
    /// <returns>The checkpoint; null where there is none, and nothing was changed.</returns>
    /// <exception cref="WeightsFormatException">The checkpoint is damaged, or of other classes, another network, loss or anchors.</exception>
    public Checkpoint? Resume(RunTensors tensors, Action<string> warn)
    {
        if (!File.Exists(_last))
            return null;
        using var scope = NewDisposeScope();
        var (checkpoint, saved) = Checkpoint.Load(_last);
        identity.RequireSameModel(checkpoint.Identity, _last);
        foreach (var change in identity.ChangesSince(checkpoint.Identity))
            warn($"Going on from '{_last}' after epoch {checkpoint.State.Epoch}: {change}.");
        tensors.Load(_last, saved);
        return checkpoint;
    }

    /// <summary>The options of the run whose checkpoint a folder holds; null where there is none.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="WeightsFormatException">The checkpoint is damaged.</exception>
    public static JsonObject? OptionsOf(string path)
    {
        var last = Path.Combine(path, LastName);
        return File.Exists(last) ? Checkpoint.ReadHeader(last).Identity.Options : null;
    }

    /// <summary>Loads the best weights into a network, where there are any.</summary>
    /// <exception cref="WeightsFormatException">They are damaged, or of another network.</exception>
    public void LoadBest(YoloNetwork network)
    {
        if (!File.Exists(_best))
            return;
        using var scope = NewDisposeScope();
        NetworkState.Load(network, Safetensors.Load(_best), _best);
    }
}
