using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ML.Yolo.Boxes;
using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>
/// The gradient of one layer's map before it is written: a number for the objectness of each prediction, and whole rows where targets are built.
/// </summary>
/// <typeparam name="T">The map's type.</typeparam>
internal sealed unsafe class AnchorLayerGradient<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // A chunk of a map of 80 classes fits the second-level cache.
    private const int ChunkRows = 512;

    private readonly MapMemory _map;

    /// <param name="map">The map.</param>
    /// <param name="builtRows">Row of the prediction of each built target.</param>
    public AnchorLayerGradient(in MapMemory map, long[] builtRows)
    {
        (_map, BuiltRows) = (map, builtRows);
        Objectness = empty(map.Rows, map.Type);
        Built = empty(builtRows.Length, map.Channels, map.Type);
    }

    /// <summary>(B·A·H·W), in the order of the map's memory.</summary>
    public Tensor Objectness { get; }

    /// <summary>(M, 5 + C): what each built target adds to its row, objectness apart.</summary>
    public Tensor Built { get; }

    /// <summary>Row of each built target; may repeat.</summary>
    public long[] BuiltRows { get; }

    /// <summary>Writes the gradient: every number of the map once.</summary>
    /// <param name="objectness">What <see cref="Objectness"/> holds.</param>
    /// <param name="built">What <see cref="Built"/> holds.</param>
    /// <param name="factor">What all is multiplied by.</param>
    public Tensor Write(Tensor objectness, Tensor built, double factor)
    {
        var gradient = _map.Another();
        var scale = T.CreateTruncating(factor);
        var from = Address(objectness);
        ParallelChunks.Run(_map.Rows, ChunkRows, (first, end) =>
        {
            new Span<T>(gradient.Row<T>(first), (int)(end - first) * _map.Channels).Clear();
            var to = gradient.Row<T>(first) + AnchorChannels.Objectness;
            for (var row = first; row < end; row++, to += _map.Channels)
                *to = from[row] * scale;
        });
        var added = Address(built);
        foreach (var row in BuiltRows)
        {
            var to = gradient.Row<T>(row);
            for (var channel = 0; channel < _map.Channels; channel++)
                to[channel] += added[channel] * scale;
            added += _map.Channels;
        }

        return gradient.Tensor;
    }

    /// <summary>Where a tensor's numbers begin.</summary>
    public static T* Address(Tensor tensor)
        => tensor.numel() == 0 ? null : (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
}
