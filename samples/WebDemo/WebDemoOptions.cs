using System.Globalization;

namespace WebDemo;

/// <summary>All that may be set, on the command line (<c>--max-parts 4</c>) or as configuration (<c>WebDemo:MaxParts</c>, <c>WebDemo__MaxParts</c>).</summary>
internal sealed class WebDemoOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "WebDemo";

    /// <summary>What the Quickstart writes, seen from the folder it was started in.</summary>
    public const string DefaultModel = "quickstart/model-onnx.zip";

    /// <summary>Switches of the command line and the keys they set.</summary>
    public static IReadOnlyDictionary<string, string> Switches { get; } = new Dictionary<string, string>
    {
        ["--model"] = $"{Section}:{nameof(Model)}",
        ["--urls"] = "urls",
        ["--api-key"] = $"{Section}:{nameof(ApiKey)}",
        ["--allow-anonymous"] = $"{Section}:{nameof(AllowAnonymous)}",
        ["--requests-per-minute"] = $"{Section}:{nameof(RequestsPerMinute)}",
        ["--max-requests"] = $"{Section}:{nameof(MaxRequests)}",
        ["--max-body-bytes"] = $"{Section}:{nameof(MaxBodyBytes)}",
        ["--max-pixels"] = $"{Section}:{nameof(MaxPixels)}",
        ["--max-parts"] = $"{Section}:{nameof(MaxParts)}",
        ["--upload-seconds"] = $"{Section}:{nameof(UploadSeconds)}",
        ["--batch-size"] = $"{Section}:{nameof(BatchSize)}",
        ["--max-delay-milliseconds"] = $"{Section}:{nameof(MaxDelayMilliseconds)}",
        ["--queue-capacity"] = $"{Section}:{nameof(QueueCapacity)}",
        ["--reload-seconds"] = $"{Section}:{nameof(ReloadSeconds)}",
        ["--shutdown-seconds"] = $"{Section}:{nameof(ShutdownSeconds)}",
    };

    /// <summary>The model zip.</summary>
    public string Model { get; set; } = DefaultModel;

    /// <summary>Callers of the API send it as <c>Authorization: Bearer KEY</c> or <c>X-Api-Key: KEY</c>. Null: anyone may ask.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Whether the server may listen beyond this machine without a key.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>Detections per minute and address; 0 is without a limit. Null: without on this machine alone, else 600.</summary>
    public int? RequestsPerMinute { get; set; }

    /// <summary>Detections at work at once, those that are still being uploaded too.</summary>
    public int MaxRequests { get; set; } = 128;

    /// <summary>Bytes of a request, all its parts together.</summary>
    public int MaxBodyBytes { get; set; } = 20_000_000;

    /// <summary>Pixels of an image, by its header. Four bytes of memory each while it is decoded.</summary>
    public long MaxPixels { get; set; } = 50_000_000;

    /// <summary>Images of a multipart request.</summary>
    public int MaxParts { get; set; } = 16;

    /// <summary>Time to upload a request in.</summary>
    public double UploadSeconds { get; set; } = 30;

    /// <summary>Images scored at once; null is the model's own.</summary>
    public int? BatchSize { get; set; }

    /// <summary>How long an image waits for others that are being decoded.</summary>
    public double MaxDelayMilliseconds { get; set; } = 5;

    /// <summary>Images that may wait to be scored.</summary>
    public int QueueCapacity { get; set; } = 128;

    /// <summary>How often to look whether the model's file has changed; 0 is never.</summary>
    public double ReloadSeconds { get; set; } = 2;

    /// <summary>Time to finish what was accepted when the server is asked to stop.</summary>
    public double ShutdownSeconds { get; set; } = 30;

    /// <summary>What is wrong, or null.</summary>
    public string? Fault() => FirstOf(
        (MaxRequests >= 1, "--max-requests", MaxRequests, "at least 1"),
        (MaxBodyBytes >= 1, "--max-body-bytes", MaxBodyBytes, "at least 1"),
        (MaxPixels >= 1, "--max-pixels", MaxPixels, "at least 1"),
        (MaxParts >= 1 && MaxParts <= QueueCapacity, "--max-parts", MaxParts, "at least 1 and at most --queue-capacity"),
        (UploadSeconds is > 0 and <= 3600, "--upload-seconds", UploadSeconds, "above 0 and at most 3600"),
        (BatchSize is null or (>= 1 and <= 1024), "--batch-size", BatchSize, "in [1, 1024]"),
        (MaxDelayMilliseconds is >= 0 and <= 1000, "--max-delay-milliseconds", MaxDelayMilliseconds, "in [0, 1000]"),
        (QueueCapacity >= 1, "--queue-capacity", QueueCapacity, "at least 1"),
        (RequestsPerMinute is null or >= 0, "--requests-per-minute", RequestsPerMinute, "at least 0"),
        (ReloadSeconds is >= 0 and <= 86_400, "--reload-seconds", ReloadSeconds, "in [0, 86400]"),
        (ShutdownSeconds is >= 0 and <= 3600, "--shutdown-seconds", ShutdownSeconds, "in [0, 3600]"),
        (ApiKey is null || ApiKey.Length >= 16, "--api-key", "too short", "16 characters or more"));

    private static string? FirstOf(params (bool Holds, string Name, object? Found, string Expected)[] rules)
    {
        var broken = rules.FirstOrDefault(rule => !rule.Holds);
        return broken.Name is null ? null : string.Create(CultureInfo.InvariantCulture, $"{broken.Name} is {broken.Found}; it must be {broken.Expected}.");
    }
}
