using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ML.Yolo.Abuse.Fuzzing.Mutations;

/// <summary>Changes of the header of safetensors, whose length stays right, and of the numbers.</summary>
internal static class SafetensorsMutations
{
    private const int LengthBytes = sizeof(ulong);

    private static readonly float[] Values = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.Epsilon, 0];

    /// <summary>One change of header or data.</summary>
    public static byte[] Change(byte[] input, Random random)
    {
        if (input.Length < LengthBytes)
            return input;
        var length = BinaryPrimitives.ReadUInt64LittleEndian(input);
        if (length > (ulong)(input.Length - LengthBytes))
            return input;
        var (header, data) = (input[LengthBytes..(LengthBytes + (int)length)], input[(LengthBytes + (int)length)..]);
        switch (random.Next(5))
        {
            case 0 when data.Length >= sizeof(float):
                data = (byte[])data.Clone();
                var place = random.Next(data.Length / sizeof(float)) * sizeof(float);
                BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(place), Values[random.Next(Values.Length)]);
                break;
            case 1:
                header = TextMutations.Change(header, random);
                break;
            default:
                header = JsonMutations.Change(header, random);
                break;
        }

        return Join(header, data);
    }

    /// <summary>Changes a text of the header's metadata; input without it stays as it is.</summary>
    public static byte[] ChangeText(byte[] input, string key, Func<string, string> change)
    {
        try
        {
            var length = (int)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(input), int.MaxValue - LengthBytes);
            if (JsonNode.Parse(input.AsSpan(LengthBytes, length)) is not JsonObject header || header["__metadata__"]?[key] is not JsonValue text)
                return input;
            header["__metadata__"]![key] = change(text.GetValue<string>());
            return Join(JsonSerializer.SerializeToUtf8Bytes(header), input[(LengthBytes + length)..]);
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException or InvalidOperationException)
        {
            return input;
        }
    }

    private static byte[] Join(byte[] header, byte[] data)
    {
        var length = new byte[LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        return [.. length, .. header, .. data];
    }
}
