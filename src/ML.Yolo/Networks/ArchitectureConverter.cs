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

    private sealed record Description(string Name, double Depth, double Width, float[][][] Anchors, LayerDescription[] Layers)
    {
        public static Description Of(YoloArchitecture architecture) => new(architecture.Name, architecture.Depth, architecture.Width, Jagged(architecture.AnchorsInPixels), architecture.Layers);

        public YoloArchitecture Build() => new(Name, Layers, Rectangular(Anchors), Depth, Width);

        private static float[][][] Jagged(float[,,] anchors)
            => [.. Enumerable.Range(0, anchors.GetLength(0)).Select(layer
                => Enumerable.Range(0, anchors.GetLength(1)).Select(anchor => new[] { anchors[layer, anchor, 0], anchors[layer, anchor, 1] }).ToArray())];

        private static float[,,] Rectangular(float[][][] anchors)
        {
            var count = anchors is [{ Length: > 0 } first, ..] ? first.Length : throw new JsonException("The architecture has no anchors.");
            var rectangular = new float[anchors.Length, count, 2];
            for (var layer = 0; layer < anchors.Length; layer++)
            {
                for (var anchor = 0; anchor < count; anchor++)
                {
                    if (anchors[layer]?.Length != count || anchors[layer][anchor] is not [var width, var height])
                        throw new JsonException($"The architecture's anchors of layer {layer} are not {count} pairs of numbers.");
                    (rectangular[layer, anchor, 0], rectangular[layer, anchor, 1]) = (width, height);
                }
            }

            return rectangular;
        }
    }
}
