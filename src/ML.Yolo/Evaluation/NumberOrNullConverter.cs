using System.Text.Json;
using System.Text.Json.Serialization;

namespace ML.Yolo.Evaluation;

/// <summary>Writes NaN, which JSON does not know, as null.</summary>
internal sealed class NumberOrNullConverter : JsonConverter<double>
{
    public override bool HandleNull => true;

    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsNaN(value))
            writer.WriteNullValue();
        else
            writer.WriteNumberValue(value);
    }
}
