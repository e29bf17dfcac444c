using System.Globalization;
using System.Reflection;

namespace ML.Yolo.Cli.Training;

/// <summary>Values of options as text and back, the same in every culture.</summary>
internal static class OptionText
{
    private const string LossSuffix = "LossOptions";

    /// <summary>The loss variants by their names, such as YoloV5.</summary>
    public static IReadOnlyDictionary<string, Type> Losses { get; } = typeof(DetectionLossOptions).Assembly.GetExportedTypes()
        .Where(type => type.IsSubclassOf(typeof(DetectionLossOptions)) && !type.IsAbstract)
        .ToDictionary(type => type.Name[..^LossSuffix.Length], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether values of a type can be written as text.</summary>
    public static bool IsSupported(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsEnum || plain == typeof(string) || plain == typeof(bool) || plain == typeof(YoloArchitecture) || IsNumber(plain)
            || (type.IsArray && IsNumber(type.GetElementType()!));
    }

    /// <summary>A value as text; null where there is none.</summary>
    public static string? Write(object? value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        DetectionLossOptions loss => loss.GetType().Name[..^LossSuffix.Length],
        Array items => string.Join(',', items.Cast<object>().Select(Write)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    /// <summary>A value from text.</summary>
    /// <exception cref="FormatException">The text is not one; the message says what is expected.</exception>
    public static object? Read(Type type, string text)
    {
        if (type == typeof(string))
            return text;
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return text.Equals("null", StringComparison.OrdinalIgnoreCase) ? null : Read(underlying, text);
        if (type.IsArray)
            return ReadArray(type.GetElementType()!, text);
        if (type == typeof(bool))
            return bool.TryParse(text, out var flag) ? flag : throw new FormatException("true or false is expected.");
        if (type.IsEnum)
            return ReadName(text, Enum.GetNames(type).ToDictionary(name => name, name => Enum.Parse(type, name), StringComparer.OrdinalIgnoreCase));
        if (type == typeof(YoloArchitecture) && text.Equals("null", StringComparison.OrdinalIgnoreCase))
            return null;
        if (type == typeof(YoloArchitecture))
            return ReadName(text, YoloArchitecture.All.ToDictionary(one => one.Name, one => (object)one, StringComparer.OrdinalIgnoreCase));
        if (type == typeof(DetectionLossOptions))
            return ReadLoss(text);
        if (type == typeof(AugmentationOptions))
            return ReadName(text, Presets(type));
        return ReadNumber(type, text);
    }

    /// <summary>Names of a loss as the command line takes them: v5, v3.</summary>
    public static IEnumerable<string> LossNames() => Losses.Keys.Select(name => name["Yolo".Length..].ToLowerInvariant()).Order(StringComparer.Ordinal);

    private static bool IsNumber(Type type) => type == typeof(int) || type == typeof(float) || type == typeof(double);

    private static object ReadLoss(string text)
    {
        var name = text.StartsWith("Yolo", StringComparison.OrdinalIgnoreCase) ? text : "Yolo" + text;
        return Losses.TryGetValue(name, out var type)
            ? Activator.CreateInstance(type)!
            : throw new FormatException($"one of {string.Join(", ", LossNames())} is expected.");
    }

    private static Dictionary<string, object> Presets(Type type)
        => type.GetProperties(BindingFlags.Public | BindingFlags.Static).Where(property => property.PropertyType == type)
            .ToDictionary(property => property.Name, property => property.GetValue(null)!, StringComparer.OrdinalIgnoreCase);

    private static object ReadName(string text, Dictionary<string, object> values)
        => values.TryGetValue(text, out var value) ? value : throw new FormatException($"one of {string.Join(", ", values.Keys)} is expected.");

    private static object ReadNumber(Type type, string text)
    {
        const NumberStyles Style = NumberStyles.Float;
        if (type == typeof(int))
        {
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                ? whole
                : throw new FormatException("a whole number is expected.");
        }

        if (!double.TryParse(text, Style, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            throw new FormatException("a number is expected, such as 0.5.");
        if (type == typeof(float))
            return (float)number;
        return number;
    }

    private static Array ReadArray(Type element, string text)
    {
        var items = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var array = Array.CreateInstance(element, items.Length);
        for (var i = 0; i < items.Length; i++)
            array.SetValue(ReadNumber(element, items[i]), i);
        return array;
    }
}
