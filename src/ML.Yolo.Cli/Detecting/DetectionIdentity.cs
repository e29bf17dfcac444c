using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ML.Yolo.Cli.Detecting;

/// <summary>What a run detects in, and how: where two have the same, the second may go on with what the first has done.</summary>
internal sealed record DetectionIdentity
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };

    /// <summary>Checksum of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Number of pictures.</summary>
    public required int Pictures { get; init; }

    /// <summary>Checksum of their paths.</summary>
    public required string Paths { get; init; }

    /// <summary>Confidence from which an object counts.</summary>
    public required float Score { get; init; }

    /// <summary>Overlap above which one of two is dropped.</summary>
    public required float Iou { get; init; }

    /// <summary>The classes wanted; empty: all.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Tiles; null: pictures as a whole.</summary>
    public required Tiling? Tiling { get; init; }

    /// <summary>What is saved.</summary>
    public required DetectionFiles Files { get; init; }

    /// <summary>Pictures per block.</summary>
    public int Block { get; init; } = SharedDetection.BlockLength;

    /// <summary>Checksum of a file.</summary>
    public static string OfFile(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(file));
    }

    /// <summary>Checksum of a text.</summary>
    public static string OfText(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>As JSON, for people to compare.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Indented);
}
