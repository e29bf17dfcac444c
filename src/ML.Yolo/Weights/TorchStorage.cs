using static TorchSharp.torch;

namespace ML.Yolo.Weights;

/// <summary>A tensor's memory as a pickle names it: it lies in an entry of the zip.</summary>
/// <param name="TypeName">Python's name of the storage class, such as "HalfStorage".</param>
/// <param name="Key">Name of the entry in the folder "data".</param>
/// <param name="Count">Elements.</param>
internal sealed record TorchStorage(string TypeName, string Key, long Count)
{
    private static readonly (string Name, ScalarType Type, int Size)[] Types =
    [
        ("DoubleStorage", ScalarType.Float64, 8), ("FloatStorage", ScalarType.Float32, 4),
        ("HalfStorage", ScalarType.Float16, 2), ("BFloat16Storage", ScalarType.BFloat16, 2),
        ("LongStorage", ScalarType.Int64, 8), ("IntStorage", ScalarType.Int32, 4), ("ShortStorage", ScalarType.Int16, 2), ("CharStorage", ScalarType.Int8, 1),
        ("ByteStorage", ScalarType.Byte, 1), ("BoolStorage", ScalarType.Bool, 1),
    ];

    public static string KnownTypes { get; } = string.Join(", ", Types.Select(row => row.Name));

    /// <summary>The element type and the bytes of one element; false where the storage class is not one of <see cref="KnownTypes"/>.</summary>
    public bool TryGetElement(out ScalarType type, out int size)
    {
        var row = Array.FindIndex(Types, entry => entry.Name == TypeName);
        (type, size) = row < 0 ? default : (Types[row].Type, Types[row].Size);
        return row >= 0;
    }
}
