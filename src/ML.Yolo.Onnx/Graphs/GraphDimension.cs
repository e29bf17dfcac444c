using ML.Yolo.Onnx.Schema;

namespace ML.Yolo.Onnx.Graphs;

/// <summary>One side of an input or output: a size, or a name where it is open.</summary>
internal readonly record struct GraphDimension(long Size, string? Name)
{
    public static implicit operator GraphDimension(long size) => new(size, null);

    public static implicit operator GraphDimension(string name) => new(0, name);

    public TensorShapeProto.Types.Dimension ToProto() => Name is null ? new() { DimValue = Size } : new() { DimParam = Name };
}
