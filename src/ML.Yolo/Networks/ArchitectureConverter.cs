using System.Text.Json;
using System.Text.Json.Serialization;

namespace ML.Yolo.Networks;

/// <summary>An architecture as JSON: the library's by name, any other as its whole description.</summary>
internal sealed class ArchitectureConverter : JsonConverter<YoloArchitecture>
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = false };

    /// <summary>The whole description as text: equal for equal descriptions.</summary>
    public static string Describe(YoloArchitecture architecture) => JsonSerializer.Serialize(Description.Of(architecture), Json);

    /// <exception cref="JsonException">No architecture of the library has that name, or the description does not fit together.</exception>
    public override YoloArchitecture Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            if (reader.TokenType == JsonTokenType.String)
                return YoloArchitecture.Parse(reader.GetString()!);
            var description = JsonSerializer.Deserialize<Description>(ref reader, Json) ?? throw new JsonException("The architecture is missing.");
            return description.Build();
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    public override void Write(Utf8JsonWriter writer, YoloArchitecture value, JsonSerializerOptions options)
    {
        if (YoloArchitecture.All.Contains(value))
            writer.WriteStringValue(value.Name);
        else
            JsonSerializer.Serialize(writer, Description.Of(value), Json);
    }

    private sealed record Description(string Name, double Depth, double Width, AnchorSet? Anchors, LayerDescription[] Layers)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public int? MaxChannels { get; init; }

        public static Description Of(YoloArchitecture architecture)
            => new(architecture.Name, architecture.Scale.Depth, architecture.Scale.Width, architecture.Anchors, architecture.Layers)
            {
                MaxChannels = architecture.Scale.MaxChannels == int.MaxValue ? null : architecture.Scale.MaxChannels,
            };

        public YoloArchitecture Build() => new(Name, Layers, Anchors, new NetworkScale(Depth, Width, MaxChannels ?? int.MaxValue));
    }
}
