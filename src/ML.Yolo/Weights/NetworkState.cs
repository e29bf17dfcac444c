using static TorchSharp.torch;

namespace ML.Yolo.Weights;

/// <summary>Puts tensors by name into a network, all or none.</summary>
internal static class NetworkState
{
    private const int NamedInMessage = 5;

    /// <summary>Copies every parameter and buffer, converting the type. Nothing is copied unless all names and shapes match.</summary>
    /// <exception cref="WeightsFormatException">A name is missing or too many, or a shape differs.</exception>
    public static void Load(YoloNetwork network, IReadOnlyDictionary<string, Tensor> tensors, string source)
    {
        var state = network.state_dict();
        Reject(source, $"lacks tensors of {network.Architecture}", state.Keys.Where(name => !tensors.ContainsKey(name)));
        Reject(source, $"holds tensors that {network.Architecture} does not have", tensors.Keys.Where(name => !state.ContainsKey(name)));
        Reject(source, "holds tensors of other shapes", state
            .Where(entry => !HasShape(tensors[entry.Key], entry.Value.shape))
            .Select(entry => $"{entry.Key} ({Text(tensors[entry.Key].shape)}) where ({Text(entry.Value.shape)}) was expected"));
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, target) in state)
            target.copy_(tensors[name].view(target.shape));
    }

    /// <summary>Some writers give a scalar the shape (1).</summary>
    private static bool HasShape(Tensor tensor, long[] expected)
        => tensor.shape.AsSpan().SequenceEqual(expected) || (expected.Length == 0 && tensor.numel() == 1);

    private static void Reject(string source, string reason, IEnumerable<string> names)
    {
        var all = names.ToList();
        if (all.Count == 0)
            return;
        var more = all.Count > NamedInMessage ? $" and {all.Count - NamedInMessage} more" : "";
        throw new WeightsFormatException($"'{source}' {reason}: {string.Join("; ", all.Take(NamedInMessage))}{more}.");
    }

    private static string Text(long[] shape) => string.Join(", ", shape);
}
