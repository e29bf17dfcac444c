using System.Text.Json;

namespace ML.Yolo.Cli.Data;

/// <summary>Tells COCO's JSON from VoTT's by the names at its top.</summary>
internal static class JsonForm
{
    private const int Window = 1 << 16;

    private static readonly string[] Vott = ["assets", "tags", "videoSettings", "visitedAssets", "activeLearningSettings"];
    private static readonly string[] Coco = ["images", "annotations", "categories", "info", "licenses"];

    /// <summary>The format; null where the first 64 KB name nothing of either.</summary>
    public static DatasetForm? Recognise(string path)
    {
        var bytes = new byte[Window];
        using var stream = File.OpenRead(path);
        var length = stream.ReadAtLeast(bytes, Window, throwOnEndOfStream: false);
        var start = bytes.AsSpan(0, length).StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(bytes.AsSpan(start, length - start), isFinalBlock: false, default);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                    continue;
                var name = reader.GetString();
                if (Vott.Contains(name))
                    return DatasetForm.Vott;
                if (Coco.Contains(name))
                    return DatasetForm.Coco;
            }
        }
        catch (JsonException)
        {
            // What is wrong with it is for the loader to say.
        }

        return null;
    }
}
