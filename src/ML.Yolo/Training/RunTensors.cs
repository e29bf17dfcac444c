using ML.Yolo.Weights;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>The tensors of a run by name: weights, averaged weights, gradients not stepped yet, and what loss and optimiser keep.</summary>
/// <param name="network">The network that learns.</param>
/// <param name="average">The averaged network.</param>
/// <param name="loss">The loss.</param>
/// <param name="optimization">The optimiser.</param>
/// <param name="device">Where the network is.</param>
internal sealed class RunTensors(YoloNetwork network, YoloNetwork average, DetectionLoss loss, Optimization optimization, Device device)
{
    private const string Network = "network.";
    private const string Average = "average.";
    private const string Gradient = "gradient.";
    private const string Loss = "loss.";
    private const string Optimizer = "optimizer.";

    /// <summary>Gathers them; those made for the purpose belong to the current dispose scope.</summary>
    public Dictionary<string, Tensor> Collect()
    {
        var tensors = new Dictionary<string, Tensor>();
        Add(Network, network.state_dict());
        Add(Average, average.state_dict());
        if (optimization.Position.SinceStep > 0)
            Add(Gradient, Gradients());
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
    /// <param name="source">Where they are from, for messages.</param>
    /// <param name="tensors">What <see cref="Collect"/> gave.</param>
    /// <exception cref="WeightsFormatException">They are not this network's, or of other anchors than those the loss was made for.</exception>
    public void Load(string source, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var anchors = network.Anchors?.clone();
        NetworkState.Load(network, Part(tensors, Network), source);
        if (anchors is not null && !anchors.allclose(network.Anchors!))
        {
            throw new WeightsFormatException(
                $"'{source}' was trained with other anchors than those that suit the data now; "
                + "go on with the data it was trained on, or start anew from its best weights as PretrainedWeights.");
        }

        NetworkState.Load(average, Part(tensors, Average), source);
        foreach (var (name, tensor) in Part(tensors, Loss))
        {
            if (tensor.dtype != ScalarType.Float64 || tensor.dim() != 1 || tensor.shape[0] != network.Strides.Count)
                throw new WeightsFormatException($"'{source}': '{Loss}{name}' is not a number of double precision per layer.");
        }

        loss.LoadState(Part(tensors, Loss));
        var gradients = Part(tensors, Gradient);
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (!gradients.TryGetValue(name, out var gradient))
                continue;
            if (!gradient.shape.AsSpan().SequenceEqual(parameter.shape))
                throw new WeightsFormatException($"'{source}': '{Gradient}{name}' has another shape than its parameter.");
            parameter.grad = gradient.to(device).DetachFromDisposeScope();
        }

        try
        {
            optimization.LoadState(Part(tensors, Optimizer), device);
        }
        catch (FormatException exception)
        {
            throw new WeightsFormatException($"'{source}': what the optimiser remembers is damaged: {exception.Message}.", exception);
        }
    }

    private IEnumerable<KeyValuePair<string, Tensor>> Gradients()
        => network.named_parameters()
            .Where(entry => entry.parameter.grad is not null)
            .Select(entry => KeyValuePair.Create(entry.name, entry.parameter.grad!));

    private static Dictionary<string, Tensor> Part(IReadOnlyDictionary<string, Tensor> tensors, string prefix)
        => tensors
            .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);
}
