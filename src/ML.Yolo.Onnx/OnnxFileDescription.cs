using System.Text.Json;

namespace ML.Yolo.Onnx;

/// <summary>What the metadata of an exported file say about it; docs/deployment.md lists the keys.</summary>
/// <param name="metadata">Keys and values.</param>
/// <param name="path">The file, for messages.</param>
internal sealed class OnnxFileDescription(IReadOnlyDictionary<string, string> metadata, string path)
{
    /// <summary>Names of the classes; files of earlier versions, which other programs did not read, have them as "names" alone.</summary>
    public IReadOnlyList<string> ClassNames => Json<string[]>(metadata.ContainsKey("class_names") ? "class_names" : "names") is { Length: > 0 } names
        ? names
        : throw new WeightsFormatException($"'{path}' names no class in its metadata; it is not a detector of ML.Yolo.");

    /// <summary>The network.</summary>
    /// <exception cref="ArgumentException">The library does not have it.</exception>
    public YoloArchitecture Architecture
    {
        get
        {
            var name = Text("architecture");
            return YoloArchitecture.All.FirstOrDefault(known => known.Name == name)
                ?? throw new ArgumentException($"'{path}' is of the architecture '{name}', which the library does not have; give it as an argument.");
        }
    }

    /// <summary>
    /// Side of the square it takes; the one the detector was trained with where the file leaves the size open, null where it does not say it.
    /// </summary>
    /// <exception cref="NotSupportedException">Its input is an image of any size, or is not square.</exception>
    public int? ImageSize
    {
        get
        {
            if (Text("preprocessing") != "none")
            {
                throw new NotSupportedException(
                    $"'{path}' letterboxes images by itself, and the library would letterbox them twice. Export it without IncludePreprocessing.");
            }

            return Json<int?[]>("image_size") switch
            {
                [{ } height, { } width] when height == width => height,
                [null, null] => metadata.ContainsKey("trained_size") ? Json<int>("trained_size") : null,
                var size => throw new NotSupportedException(
                    $"'{path}' takes images of {string.Join(" × ", size ?? [])} pixels; a square, or an open size, was expected."),
            };
        }
    }

    private string Text(string key) => metadata.GetValueOrDefault(key)
        ?? throw new WeightsFormatException($"'{path}' has no '{key}' in its metadata; it is not a detector of ML.Yolo.");

    private T? Json<T>(string key)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Text(key));
        }
        catch (JsonException exception)
        {
            throw new WeightsFormatException($"'{path}' has '{Text(key)}' as '{key}' in its metadata: {exception.Message}", exception);
        }
    }
}
