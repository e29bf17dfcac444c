using Google.Protobuf;
using ML.Yolo.Onnx.Schema;

namespace ML.Yolo.Onnx.Graphs;

/// <summary>Makes attributes of nodes.</summary>
internal static class NodeAttribute
{
    public static AttributeProto Integer(string name, long value) => new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    public static AttributeProto Integers(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values.ToArray());
        return attribute;
    }

    public static AttributeProto Text(string name, string value)
        => new() { Name = name, S = ByteString.CopyFromUtf8(value), Type = AttributeProto.Types.AttributeType.String };
}
