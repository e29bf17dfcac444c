using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using ML.Yolo.Onnx.Schema;
using static ML.Yolo.Onnx.Schema.TensorProto.Types;
using static TorchSharp.torch;

namespace ML.Yolo.Onnx.Graphs;

/// <summary>Writes a graph node by node. Values are known by their names; each node names its outputs after its scope, its operator and a number.</summary>
internal sealed class GraphBuilder(string name)
{
    private readonly Dictionary<string, int> _names = [];

    /// <summary>The graph so far.</summary>
    public GraphProto Graph { get; } = new() { Name = name };

    /// <summary>Where in the network the next nodes belong, such as "model.2.cv1": viewers group by it.</summary>
    public string Scope { get; set; } = "";

    /// <summary>Adds a node with one output.</summary>
    public string Add(string operation, string[] inputs, params ReadOnlySpan<AttributeProto> attributes) => AddMany(operation, 1, inputs, attributes)[0];

    /// <summary>Adds a node with several outputs.</summary>
    public string[] AddMany(string operation, int outputCount, string[] inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto { OpType = operation, Name = UniqueName(operation) };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputCount == 1 ? [node.Name] : Enumerable.Range(0, outputCount).Select(i => $"{node.Name}:{i}"));
        node.Attribute.AddRange(attributes.ToArray());
        Graph.Node.Add(node);
        return [.. node.Output];
    }

    /// <summary>Adds an input of the graph.</summary>
    /// <param name="input">Its name.</param>
    /// <param name="type">Its elements.</param>
    /// <param name="dimensions">Sizes, or names where they are open.</param>
    public string AddInput(string input, DataType type, params GraphDimension[] dimensions)
    {
        Graph.Input.Add(ValueInfo(input, type, dimensions));
        return input;
    }

    /// <summary>Makes a value an output of the graph: the node that computes it puts it out under that name.</summary>
    public void AddOutput(string output, string value, DataType type, params GraphDimension[] dimensions)
    {
        foreach (var node in Graph.Node)
        {
            Replace(node.Output, value, output);
            Replace(node.Input, value, output);
        }

        Graph.Output.Add(ValueInfo(output, type, dimensions));
    }

    /// <summary>A constant of 32-bit numbers.</summary>
    public string Constant(ReadOnlySpan<float> values, params long[] shape) => Constant(DataType.Float, MemoryMarshal.AsBytes(values).ToArray(), shape);

    /// <summary>A constant of 64-bit numbers.</summary>
    public string Constant(ReadOnlySpan<double> values, params long[] shape) => Constant(DataType.Double, MemoryMarshal.AsBytes(values).ToArray(), shape);

    /// <summary>A constant list of whole numbers, as shapes and axes are.</summary>
    public string Integers(params ReadOnlySpan<long> values) => Constant(DataType.Int64, MemoryMarshal.AsBytes(values).ToArray(), [values.Length]);

    /// <summary>A whole number without a shape.</summary>
    public string Integer(long value) => Constant(DataType.Int64, BitConverter.GetBytes(value), []);

    /// <summary>A byte without a shape.</summary>
    public string Byte(byte value) => Constant(DataType.Uint8, [value], []);

    /// <summary>A constant under a name of its own.</summary>
    public string Constant(string constant, Tensor values)
    {
        using var scope = NewDisposeScope();
        var type = values.dtype == ScalarType.Float16 ? DataType.Float16 : DataType.Float;
        return AddInitializer(constant, type, values.cpu().contiguous().bytes.ToArray(), values.shape);
    }

    private static void Replace(RepeatedField<string> names, string from, string to)
    {
        for (var i = 0; i < names.Count; i++)
            names[i] = names[i] == from ? to : names[i];
    }

    private static ValueInfoProto ValueInfo(string value, DataType type, GraphDimension[] dimensions)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(dimensions.Select(dimension => dimension.ToProto()));
        return new ValueInfoProto { Name = value, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = shape } } };
    }

    private string Constant(DataType type, byte[] bytes, long[] shape) => AddInitializer(UniqueName("constant"), type, bytes, shape);

    private string AddInitializer(string constant, DataType type, byte[] bytes, long[] shape)
    {
        // The bytes are this method's alone, so they need not be copied once more.
        var tensor = new TensorProto { Name = constant, DataType = type, RawData = UnsafeByteOperations.UnsafeWrap(bytes) };
        tensor.Dims.AddRange(shape);
        Graph.Initializer.Add(tensor);
        return constant;
    }

    private string UniqueName(string kind)
    {
        var key = Scope.Length == 0 ? kind : $"{Scope}/{kind}";
        var count = _names.GetValueOrDefault(key);
        _names[key] = count + 1;
        return count == 0 ? key : $"{key}_{count}";
    }
}
