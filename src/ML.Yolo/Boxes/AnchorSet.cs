using System.Text.Json;
using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>The anchors of a network: as many sizes for each layer of predictions, in pixels of the network's input. Does not change.</summary>
[JsonConverter(typeof(Converter))]
public sealed class AnchorSet : IEquatable<AnchorSet>
{
    private const int MaxAnchorsPerLayer = 64;

    private readonly (float Width, float Height)[] _sizes;

    /// <summary>Takes anchors (L, A, 2): for each layer, finest first, A pairs of width and height in pixels.</summary>
    /// <param name="pixels">The sizes.</param>
    /// <exception cref="ArgumentException">The last dimension is not two, there are not 1 to 64 anchors per layer, or a size is not a finite number above
    /// 0.</exception>
    public AnchorSet(float[,,] pixels)
        : this(Pairs(pixels), pixels.GetLength(0))
    {
    }

    private AnchorSet((float Width, float Height)[] sizes, int layerCount)
    {
        (_sizes, LayerCount) = (sizes, layerCount);
        if (layerCount < 1 || sizes.Length % layerCount != 0 || AnchorsPerLayer is < 1 or > MaxAnchorsPerLayer)
        {
            throw new ArgumentException(
                $"{sizes.Length} anchors were given for {layerCount} layers; 1 to {MaxAnchorsPerLayer} for each were expected.", nameof(sizes));
        }

        foreach (var size in sizes.SelectMany(size => new[] { size.Width, size.Height }))
        {
            if (!(size > 0 && float.IsFinite(size)))
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"An anchor has a size of {size} pixels; a finite number above 0 was expected."), nameof(sizes));
            }
        }
    }

    /// <summary>Layers of predictions, L.</summary>
    public int LayerCount { get; }

    /// <summary>Anchors per layer, A.</summary>
    public int AnchorsPerLayer => _sizes.Length / LayerCount;

    /// <summary>Every size in pixels, layer by layer.</summary>
    public IReadOnlyList<(float Width, float Height)> Sizes => _sizes;

    /// <summary>Width and height of an anchor, pixels.</summary>
    /// <param name="layer">The layer, from 0, finest first.</param>
    /// <param name="anchor">The anchor in it, from 0.</param>
    public (float Width, float Height) this[int layer, int anchor] => _sizes[(layer * AnchorsPerLayer) + anchor];

    /// <summary>As many anchors per layer as these have, from sizes in pixels, layer by layer.</summary>
    internal AnchorSet With(IReadOnlyList<(float Width, float Height)> sizes) => new([.. sizes], LayerCount);

    /// <summary>From anchors (L, A, 2) in cells of layers with those strides, on any device.</summary>
    internal static AnchorSet FromCells(Tensor cells, IReadOnlyList<int> strides)
    {
        using var scope = NewDisposeScope();
        var pixels = (cells.cpu().to(ScalarType.Float32) * StrideColumn(strides)).contiguous();           // (L, A, 2)
        var numbers = pixels.data<float>().ToArray();
        return new AnchorSet([.. Enumerable.Range(0, numbers.Length / 2).Select(i => (numbers[2 * i], numbers[(2 * i) + 1]))], (int)pixels.shape[0]);
    }

    /// <summary>(L, A, 2) in cells of layers with those strides.</summary>
    internal Tensor InCells(IReadOnlyList<int> strides)
    {
        using var scope = NewDisposeScope();
        var pixels = tensor(_sizes.SelectMany(size => new[] { size.Width, size.Height }).ToArray());
        return (pixels.view(LayerCount, -1, 2) / StrideColumn(strides)).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Whether all sizes are the same.</summary>
    /// <param name="other">Other anchors.</param>
    public bool Equals(AnchorSet? other) => other is not null && LayerCount == other.LayerCount && _sizes.AsSpan().SequenceEqual(other._sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AnchorSet);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(LayerCount, _sizes.Length, _sizes[0]);

    /// <inheritdoc/>
    public override string ToString() => string.Join(" ", _sizes.Select(size => FormattableString.Invariant($"{size.Width:F0}×{size.Height:F0}")));

    private static Tensor StrideColumn(IReadOnlyList<int> strides) => tensor(strides.ToArray()).view(-1, 1, 1);

    private static (float Width, float Height)[] Pairs(float[,,] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        var (layers, count, numbers) = (pixels.GetLength(0), pixels.GetLength(1), pixels.GetLength(2));
        if (numbers != 2)
            throw new ArgumentException($"The anchors have shape ({layers}, {count}, {numbers}); (layers, anchors, 2) was expected.", nameof(pixels));
        return [.. Enumerable.Range(0, layers * count).Select(i => (pixels[i / count, i % count, 0], pixels[i / count, i % count, 1]))];
    }

    /// <summary>As a list of layers, each a list of pairs.</summary>
    private sealed class Converter : JsonConverter<AnchorSet>
    {
        public override AnchorSet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var layers = JsonSerializer.Deserialize<float[][][]>(ref reader) ?? throw new JsonException("The anchors are missing.");
            var count = layers is [{ Length: > 0 } first, ..] ? first.Length : throw new JsonException("There are no anchors.");
            foreach (var (i, layer) in layers.Index())
            {
                if (layer?.Length != count || layer.Any(pair => pair is not [_, _]))
                    throw new JsonException($"The anchors of layer {i} are not {count} pairs of numbers.");
            }

            try
            {
                return new AnchorSet([.. layers.SelectMany(layer => layer.Select(pair => (pair[0], pair[1])))], layers.Length);
            }
            catch (ArgumentException exception)
            {
                throw new JsonException(exception.Message, exception);
            }
        }

        public override void Write(Utf8JsonWriter writer, AnchorSet value, JsonSerializerOptions options)
            => JsonSerializer.Serialize(writer, value._sizes.Select(size => new[] { size.Width, size.Height }).Chunk(value.AnchorsPerLayer));
    }
}
