using ML.Yolo.Networks;
using static TorchSharp.torch;

namespace ML.Yolo.Weights;

/// <summary>Which of the library's architectures weights are of, read off the names and shapes of the tensors.</summary>
internal static class WeightsArchitecture
{
    private const string Prefix = "model.";
    private const string Stem = "model.0.conv.weight";

    /// <summary>The architecture; null where it is none of the library's. Wrappers may have put something before every name.</summary>
    public static YoloArchitecture? Of(IReadOnlyDictionary<string, Tensor> named)
    {
        var tensors = NetworkState.ByOwnNames([Stem], named);
        var head = tensors.Keys.Select(LayerOf).DefaultIfEmpty(-1).Max();
        if (head < 0 || Shape(Stem) is not [var stem, ..])
            return null;
        var classCount = ClassCount();
        var candidates = YoloArchitecture.All.Where(architecture => classCount is not null && IsLike(architecture)).ToList();
        // Mostly one is left, and making a large network takes a while: more than one is only of two depths, or two kinds of pooling.
        return candidates.Count == 1 ? candidates[0] : candidates.FirstOrDefault(HasTheNames);

        bool IsLike(YoloArchitecture architecture)
            => architecture.Layers.Length - 1 == head && architecture.Head.HasAnchors == IsAnchored()
                && ShapeInference.Follow(architecture, YoloArchitecture.ProbeSize, YoloArchitecture.ProbeSize)[0].Channels == stem;

        bool HasTheNames(YoloArchitecture architecture)
        {
            using var scope = NewDisposeScope();
            using var network = YoloNetwork.Create(architecture, classCount!.Value);
            var own = network.state_dict();
            return own.Keys.All(name => IsOfHead(name) || NetworkState.IsCounter(name) || tensors.ContainsKey(name))
                && tensors.All(tensor => IsOfHead(tensor.Key) || (own.TryGetValue(tensor.Key, out var wanted) && tensor.Value.numel() == wanted.numel()));
        }

        bool IsOfHead(string name) => name.StartsWith($"{Prefix}{head}.", StringComparison.Ordinal);

        bool IsAnchored() => tensors.ContainsKey($"{Prefix}{head}.m.0.bias");

        int? ClassCount() => IsAnchored() ? 1 : Shape($"{Prefix}{head}.cv3.0.2.bias") is [> 0 and <= int.MaxValue and var count] ? (int)count : null;

        long[]? Shape(string name) => tensors.TryGetValue(name, out var tensor) ? tensor.shape : null;
    }

    /// <summary>The layer that a tensor belongs to; −1 where it is of no layer.</summary>
    private static int LayerOf(string name)
    {
        var isOfLayer = name.StartsWith(Prefix, StringComparison.Ordinal);
        var end = isOfLayer ? name.IndexOf('.', Prefix.Length) : -1;
        return end > 0 && int.TryParse(name.AsSpan(Prefix.Length, end - Prefix.Length), out var layer) ? layer : -1;
    }
}
