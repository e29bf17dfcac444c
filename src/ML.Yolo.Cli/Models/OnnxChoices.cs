using System.Globalization;

namespace ML.Yolo.Cli.Models;

/// <summary>What the command line says of an ONNX file, as the library's options.</summary>
internal static class OnnxChoices
{
    /// <summary>Images per run: null where it is left open.</summary>
    /// <exception cref="UsageException">It is not a number, nor "dynamic".</exception>
    public static int? Batch(string text)
    {
        if (text == "dynamic")
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var batch) && batch > 0
            ? batch
            : throw new UsageException($"--batch is '{text}'; a whole number of at least 1, or 'dynamic', is expected.");
    }

    /// <summary>Height and width: null for the model's own, or where they are left open.</summary>
    /// <exception cref="UsageException">It is not a number, two, nor "dynamic".</exception>
    public static (int? Height, int? Width, bool IsDynamic) ImageSize(string? text)
    {
        if (text is null or "dynamic")
            return (null, null, text is not null);
        var sides = text.Split('x').Select(side => int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out var pixels) ? pixels : 0).ToArray();
        return sides is [> 0] or [> 0, > 0]
            ? (sides[0], sides[^1], false)
            : throw new UsageException($"--image-size is '{text}'; pixels such as 640, HEIGHTxWIDTH such as 480x640, or 'dynamic', is expected.");
    }
}
