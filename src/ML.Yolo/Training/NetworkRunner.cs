using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>Runs a network on its device in some precision; weights and gradients of the network itself are in single precision always.</summary>
internal abstract class NetworkRunner(YoloNetwork network) : IDisposable
{
    /// <summary>The network, whose weights learn; not owned.</summary>
    public YoloNetwork Network => network;

    /// <summary>A runner of a network in a precision.</summary>
    /// <param name="network">The network, on its device; not owned.</param>
    /// <param name="precision">What convolutions compute in.</param>
    /// <param name="frozenLayers">First layers that do not learn.</param>
    public static NetworkRunner Create(YoloNetwork network, TrainingPrecision precision, int frozenLayers)
        => precision == TrainingPrecision.Full ? new SinglePrecisionRunner(network) : new HalfPrecisionRunner(network, ScalarType.BFloat16, frozenLayers);

    /// <summary>Puts what runs into training mode.</summary>
    public abstract void Train();

    /// <summary>Runs images.</summary>
    /// <param name="images">(B, 3, H, W) on the network's device.</param>
    /// <returns>The network's maps, in single precision on its device.</returns>
    public abstract Tensor[] Forward(Tensor images);

    /// <summary>Brings the gradients of a backward pass, and the norm statistics of the forward pass, to the network.</summary>
    public abstract void Collect();

    /// <summary>Takes over the weights that the network has now.</summary>
    public abstract void Refresh();

    /// <inheritdoc/>
    public abstract void Dispose();
}
