using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>
/// The parameters of a network by how they are optimised: convolution weights decay, norm weights and biases do not, and biases warm up differently.
/// </summary>
internal static class ParameterGroups
{
    /// <summary>The weights of convolutions.</summary>
    public static Parameter[] Convolutions(YoloNetwork network) => Select(network, (name, parameter) => !IsBias(name) && parameter.dim() > 1);

    /// <summary>The weights of norms.</summary>
    public static Parameter[] Norms(YoloNetwork network) => Select(network, (name, parameter) => !IsBias(name) && parameter.dim() == 1);

    /// <summary>Every bias.</summary>
    public static Parameter[] Biases(YoloNetwork network) => Select(network, (name, _) => IsBias(name));

    private static bool IsBias(string name) => name.EndsWith(".bias", StringComparison.Ordinal);

    private static Parameter[] Select(YoloNetwork network, Func<string, Tensor, bool> belongs)
        => [.. network.named_parameters().Where(entry => belongs(entry.name, entry.parameter)).Select(entry => entry.parameter)];
}
