using ML.Yolo.Networks;
using static TorchSharp.torch;

namespace ML.Yolo.Persistence;

/// <summary>
/// A network that a file describes is built only where the file brings weights for it: a description of a few bytes may ask for gigabytes, or for a head of
/// as many classes as there are names.
/// </summary>
internal static class NetworkBound
{
    // What a block needs at most is counted before it is built; the library's architectures need a third of that or more.
    private const int Slack = 16;
    private const long Allowance = 1 << 20;

    /// <summary>Compares a description with the weights that are there.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="classCount">Its classes.</param>
    /// <param name="tensors">The weights.</param>
    /// <param name="source">Where they are from, for messages.</param>
    /// <exception cref="WeightsFormatException">The network is far larger than its weights.</exception>
    public static void Check(YoloArchitecture architecture, int classCount, IReadOnlyDictionary<string, Tensor> tensors, string source)
    {
        var numbers = tensors.Values.Sum(tensor => tensor.numel());
        var needed = ShapeInference.MaxWeights(architecture);
        if (needed > (Slack * numbers) + Allowance)
        {
            throw new WeightsFormatException(FormattableString.Invariant(
                $"'{source}' holds {numbers} numbers; the network it is said to be of, '{architecture}', takes up to {needed}: it does not fit."));
        }

        var rows = tensors.Values.Max(tensor => tensor.dim() == 0 ? 0 : tensor.shape[0]);
        if (classCount > rows)
            throw new WeightsFormatException($"'{source}' has {classCount} classes by name; its largest tensor has {rows} rows: it does not fit.");
    }
}
