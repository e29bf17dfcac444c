using static TorchSharp.torch;

namespace ML.Yolo.Weights;

/// <summary>Element types by their safetensors names.</summary>
internal static class SafetensorsTypes
{
    private static readonly (string Name, ScalarType Type, int Size)[] Table =
    [
        ("F64", ScalarType.Float64, 8), ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4), ("I16", ScalarType.Int16, 2), ("I8", ScalarType.Int8, 1), ("U8", ScalarType.Byte, 1),
        ("BOOL", ScalarType.Bool, 1),
    ];

    public static string Known { get; } = string.Join(", ", Table.Select(row => row.Name));

    /// <summary>The type of that name and the bytes one element takes.</summary>
    public static bool TryParse(string name, out ScalarType type, out int size)
    {
        var row = Array.FindIndex(Table, entry => entry.Name == name);
        (type, size) = row < 0 ? default : (Table[row].Type, Table[row].Size);
        return row >= 0;
    }

    public static string NameOf(ScalarType type)
    {
        var row = Array.FindIndex(Table, entry => entry.Type == type);
        return row >= 0 ? Table[row].Name : throw new NotSupportedException($"Tensors of type {type} cannot be saved as safetensors; known are {Known}.");
    }
}
