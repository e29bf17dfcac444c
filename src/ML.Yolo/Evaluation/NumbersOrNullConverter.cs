using System.Text.Json;
using System.Text.Json.Serialization;

namespace ML.Yolo.Evaluation;

/// <summary>Writes a list of numbers with NaN, which JSON does not know, as null.</summary>
internal sealed class NumbersOrNullConverter : JsonConverter<IReadOnlyList<double>>
{
    private static readonly NumberOrNullConverter Number = new();

    public override IReadOnlyList<double> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException($"A list of numbers was expected, {reader.TokenType} found.");
        var values = new List<double>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            values.Add(Number.Read(ref reader, typeof(double), options));
        return values;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<double> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var number in value)
            Number.Write(writer, number, options);
        writer.WriteEndArray();
    }
}
