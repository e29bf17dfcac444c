using System.Buffers.Binary;
using System.Text;

namespace ML.Yolo.Tests.Weights;

/// <summary>Puts pickles together instruction by instruction, honest ones and others.</summary>
internal sealed class PickleBytes
{
    private readonly List<byte> _bytes = [];

    public PickleBytes() => Raw(0x80, 2);

    public PickleBytes Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleBytes Op(char opcode) => Raw((byte)opcode);

    public PickleBytes Global(string module, string name) => Raw(Encoding.UTF8.GetBytes($"c{module}\n{name}\n"));

    public PickleBytes Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Op('X').UInt32((uint)bytes.Length).Raw(bytes);
    }

    /// <summary>A whole number of eight bytes.</summary>
    public PickleBytes Integer(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return Raw(0x8a, sizeof(long)).Raw(bytes.ToArray());
    }

    public PickleBytes UInt32(uint number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        return Raw(bytes.ToArray());
    }

    public PickleBytes Integers(params long[] numbers)
    {
        Op('(');
        foreach (var number in numbers)
            Integer(number);
        return Op('t');
    }

    /// <summary>What torch.save writes for a tensor: a call of _rebuild_tensor_v2 on a storage named by a persistent id.</summary>
    public PickleBytes Tensor(string storage, string key, long count, long[] shape, long[] strides, long offset = 0)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Op('(');
        Op('(').Text("storage").Global("torch", storage).Text(key).Text("cpu").Integer(count).Op('t').Op('Q');
        Integer(offset).Integers(shape).Integers(strides).Raw(0x89);
        return Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R');
    }

    /// <summary>An object with fields: NEWOBJ of a class, then BUILD of a dictionary that <paramref name="fields"/> fills with pairs.</summary>
    public PickleBytes Object(string module, string name, Action<PickleBytes> fields)
    {
        Global(module, name).Op(')').Raw(0x81);
        return Dictionary(fields).Op('b');
    }

    public PickleBytes Dictionary(Action<PickleBytes> pairs)
    {
        Op('}').Op('(');
        pairs(this);
        return Op('u');
    }

    public byte[] Stop()
    {
        Op('.');
        return _bytes.ToArray();
    }
}
