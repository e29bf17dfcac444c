using System.Globalization;
using System.Text.Json;

namespace ML.Yolo.Weights;

/// <summary>What a file of weights says about its network beside the tensors; null where it does not say it.</summary>
internal sealed record WeightsDescription
{
    /// <summary>Name of the architecture, such as "yolov5n".</summary>
    public string? Architecture { get; init; }

    /// <summary>Names of the classes, in the order of the network's outputs.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Side of the square that images are scaled to fit, pixels.</summary>
    public int? ImageSize { get; init; }

    /// <summary>Name of the coding of boxes.</summary>
    public string? BoxCoding { get; init; }

    /// <summary>What the metadata of safetensors say. Values of other programs that mean something else are passed over.</summary>
    public static WeightsDescription OfMetadata(IReadOnlyDictionary<string, string> metadata) => new()
    {
        Architecture = metadata.GetValueOrDefault("architecture"),
        ClassNames = Names(metadata.GetValueOrDefault("names")),
        ImageSize = int.TryParse(metadata.GetValueOrDefault("image_size"), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null,
        BoxCoding = metadata.GetValueOrDefault("box_coding"),
    };

    /// <summary>
    /// What a checkpoint of Ultralytics says: its module has <c>names</c>, a list or a dictionary by index, and <c>yaml_file</c>, the architecture's, which
    /// later versions keep in <c>yaml</c>.
    /// </summary>
    public static WeightsDescription OfCheckpoint(object? root)
    {
        if (CheckpointState.FindModel(root) is not PickleObject module || CheckpointState.Fields(module) is not { } fields)
            return new WeightsDescription();
        var file = (fields["yaml_file"] ?? (fields["yaml"] as PickleDictionary)?["yaml_file"]) as string;
        return new WeightsDescription { Architecture = file is null ? null : Path.GetFileNameWithoutExtension(file), ClassNames = Names(fields["names"]) };
    }

    /// <summary>As metadata of safetensors, lists as JSON. <c>format</c> is what readers in Python look for.</summary>
    public IReadOnlyDictionary<string, string> ToMetadata()
    {
        var metadata = new Dictionary<string, string> { ["format"] = "pt" };
        if (Architecture is not null)
            metadata["architecture"] = Architecture;
        if (ClassNames is not null)
            metadata["names"] = JsonSerializer.Serialize(ClassNames);
        if (ImageSize is { } size)
            metadata["image_size"] = size.ToString(CultureInfo.InvariantCulture);
        if (BoxCoding is not null)
            metadata["box_coding"] = BoxCoding;
        return metadata;
    }

    private static string[]? Names(string? json)
    {
        try
        {
            return json is null ? null : Whole(JsonSerializer.Deserialize<string[]>(json));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string[]? Names(object? value) => value switch
    {
        List<object?> list => Whole([.. list.OfType<string>()]) is { } names && names.Length == list.Count ? names : null,
        PickleDictionary { Items: var items } when items.Select(item => item.Key).SequenceEqual(Enumerable.Range(0, items.Count).Select(i => (object)(long)i))
            => Whole([.. items.Select(item => item.Value as string ?? "")]),
        _ => null,
    };

    private static string[]? Whole(string[]? names) => names is { Length: > 0 } && !names.Any(string.IsNullOrWhiteSpace) ? names : null;
}
