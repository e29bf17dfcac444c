using ML.Yolo.Weights;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>The tensors of a run by name: weights, averaged weights, gradients not stepped yet, and what loss and optimiser keep.</summary>
internal static class TrainingTensors
{
    private const string Network = "network.";
    private const string Average = "average.";
    private const string Gradient = "gradient.";
    private const string Loss = "loss.";
    private const string Optimizer = "optimizer.";

    /// <summary>Gathers them; those made for the purpose belong to the current dispose scope.</summary>
    public static Dictionary<string, Tensor> Collect(YoloNetwork network, YoloNetwork average, DetectionLoss loss, Optimization optimization)
    {
        var tensors = new Dictionary<string, Tensor>();
        Add(Network, network.state_dict());
        Add(Average, average.state_dict());
        Add(Gradient, network.named_parameters().Where(entry => optimization.Position.SinceStep > 0 && entry.parameter.grad is not null).Select(entry => KeyValuePair.Create(entry.name, entry.parameter.grad!)));
        Add(Loss, loss.State);
        Add(Optimizer, optimization.State);
        return tensors;

        void Add(string prefix, IEnumerable<KeyValuePair<string, Tensor>> entries)
        {
            foreach (var (name, value) in entries)
                tensors[prefix + name] = value;
        }
    }

    /// <summary>Puts them back.</summary>
    /// <exception cref="WeightsFormatException">They are not this network's.</exception>
    public static void Load(string source, IReadOnlyDictionary<string, Tensor> tensors, YoloNetwork network, YoloNetwork average, DetectionLoss loss, Optimization optimization, Device device)
    {
        NetworkState.Load(network, Part(tensors, Network), source);
        NetworkState.Load(average, Part(tensors, Average), source);
        loss.LoadState(Part(tensors, Loss));
        var gradients = Part(tensors, Gradient);
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (gradients.TryGetValue(name, out var gradient))
                parameter.grad = gradient.to(device).DetachFromDisposeScope();
        }

        optimization.LoadState(Part(tensors, Optimizer), device);
    }

    private static Dictionary<string, Tensor> Part(IReadOnlyDictionary<string, Tensor> tensors, string prefix)
        => tensors.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);
}
