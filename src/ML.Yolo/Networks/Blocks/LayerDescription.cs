using System.Text.Json.Serialization;

namespace ML.Yolo;

/// <summary>One line of an architecture's description: a kind of block or head, where its input comes from, and its size before scaling.</summary>
/// <remarks>
/// Layers count from 0. In <c>from</c> a layer is named by its number, or by how far back it lies: −1 is the layer before, −2 the one before that. Blocks,
/// and the names their parameters are saved under, are those of Ultralytics' models, so a description of theirs can be written down line by line.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "Block")]
public abstract partial record LayerDescription
{
    private protected const int MaxChannels = 1 << 14;
    private protected const int MaxKernel = 63;
    private protected const int MaxRepeats = 256;

    private static readonly int[] Previous = [-1];

    private protected LayerDescription(IReadOnlyList<int> from) => From = from;

    /// <summary>The layers whose output goes in.</summary>
    public IReadOnlyList<int> From { get; }

    /// <summary>The block's name in Ultralytics' descriptions.</summary>
    internal abstract string Block { get; }

    /// <summary>Every size of the layer, with the range it must lie in.</summary>
    [JsonIgnore]
    internal abstract (string Name, int Value, int Min, int Max)[] Sizes { get; }

    /// <summary>What else is wrong with the layer by itself, as the end of a sentence; null where nothing is.</summary>
    [JsonIgnore]
    internal virtual string? Flaw => null;
}
