using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>The numbers of a map of an anchor head where they lie: a row of 5 + C for each prediction.</summary>
/// <remarks>
/// Rows lie in the order (B, A, H, W), or in (B, H, W, A) where the map is a view of what a convolution put out channels last; other maps are copied.
/// The memory is there while <see cref="Tensor"/> is.
/// </remarks>
internal readonly unsafe struct MapMemory
{
    private readonly byte* _first;
    private readonly long[] _shape;

    private MapMemory(Tensor tensor, bool isCellFirst)
    {
        (Tensor, Type, IsCellFirst, _shape) = (tensor, tensor.dtype, isCellFirst, tensor.shape);
        Channels = (int)_shape[4];
        Rows = _shape[0] * Anchors * Height * Width;
        using var flat = isCellFirst ? tensor.permute(0, 2, 3, 1, 4) : tensor.alias();
        _first = Rows == 0 ? null : (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(flat.bytes));
    }

    /// <summary>Whose memory it is.</summary>
    public Tensor Tensor { get; }

    /// <summary>Type of the numbers.</summary>
    public ScalarType Type { get; }

    /// <summary>Whether all anchors of a cell lie together.</summary>
    public bool IsCellFirst { get; }

    /// <summary>Predictions: B·A·H·W.</summary>
    public long Rows { get; }

    /// <summary>Numbers per prediction: 5 + C.</summary>
    public int Channels { get; }

    private long Anchors => _shape[1];

    private long Height => _shape[2];

    private long Width => _shape[3];

    /// <summary>Whether maps can be read so: numbers of 32 or 64 bits on the CPU, in one span each.</summary>
    public static bool CanRead(IReadOnlyList<Tensor> maps)
        => maps.All(map => map.device.type == TorchSharp.DeviceType.CPU && map.dtype is ScalarType.Float32 or ScalarType.Float64
            && map.dtype == maps[0].dtype && map.numel() * map.ElementSize <= int.MaxValue);

    /// <summary>The memory of a map (B, A, H, W, 5 + C), which may be a copy that belongs to the current dispose scope.</summary>
    public static MapMemory Of(Tensor map)
    {
        using var scope = NewDisposeScope();
        var values = map.detach();
        var isCellFirst = !values.is_contiguous() && values.permute(0, 2, 3, 1, 4).is_contiguous();
        return new(isCellFirst || values.is_contiguous() ? values.MoveToOuterDisposeScope() : values.contiguous().MoveToOuterDisposeScope(), isCellFirst);
    }

    /// <summary>A new map of the same shape, type and order, with nothing written.</summary>
    public MapMemory Another()
    {
        using var scope = NewDisposeScope();
        var tensor = IsCellFirst ? empty([_shape[0], Height, Width, Anchors, Channels], Type).permute(0, 3, 1, 2, 4) : empty(_shape, Type);
        return new(tensor.MoveToOuterDisposeScope(), IsCellFirst);
    }

    /// <summary>Which row a prediction is.</summary>
    public long RowOf(long image, long anchor, long y, long x)
        => IsCellFirst ? (((((image * Height) + y) * Width) + x) * Anchors) + anchor : (((((image * Anchors) + anchor) * Height) + y) * Width) + x;

    /// <summary>Where a row begins.</summary>
    public T* Row<T>(long row)
        where T : unmanaged, INumber<T>
        => (T*)_first + (row * Channels);
}
