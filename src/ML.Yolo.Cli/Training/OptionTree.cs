using System.Reflection;
using ML.Yolo.Cli.Terminal;

namespace ML.Yolo.Cli.Training;

/// <summary>The trainer's options by their names, nested ones with dots: Loss.BoxWeight. Found by reflection, so every public option is there.</summary>
internal static class OptionTree
{
    private static readonly string[] OwnToTheTool = ["CheckpointDirectory", "Resume", "CsvLogPath", "DataParallelGpus"];

    // Comparing takes as long as both are long.
    private const int MaxSuggested = 100;

    /// <summary>Sets an option from text.</summary>
    /// <param name="options">The options.</param>
    /// <param name="name">Its name, any casing.</param>
    /// <param name="text">Its value, written the same way in every culture.</param>
    /// <param name="source">Who says so, for messages.</param>
    /// <exception cref="UsageException">There is no such option, or the value does not fit.</exception>
    public static void Set(YoloTrainer.Options options, string name, string text, string source)
    {
        object owner = options;
        var segments = name.Split('.');
        for (var i = 0; i < segments.Length; i++)
        {
            var property = Find(owner.GetType(), segments[i])
                ?? throw new UsageException($"{source}: there is no option '{name}'.{Suggestion(options, name)} 'mlyolo train --show-options' lists all.");
            if (i < segments.Length - 1)
            {
                owner = IsNested(property) ? Nested(owner, property)
                    : throw new UsageException($"{source}: '{string.Join('.', segments[..(i + 1)])}' is a value; there is no option '{name}' in it.");
                continue;
            }

            SetValue(owner, property, name, text, source);
        }
    }

    /// <summary>Every option and its value as text, null where it has none; nested ones after what they are part of.</summary>
    public static IEnumerable<(string Name, string? Text, bool IsList)> All(object options, string prefix = "")
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsOption).OrderBy(Depth))
        {
            var value = property.GetValue(options) ?? (options as YoloTrainer.Options)?.ChosenLossOf(property);
            var isNested = IsNested(property);
            if (property.PropertyType != typeof(AugmentationOptions) && property.PropertyType != typeof(ScoringOptions))
                yield return (prefix + property.Name, OptionText.Write(value), property.PropertyType.IsArray);
            if (!isNested || value is null)
                continue;
            foreach (var inner in All(value, $"{prefix}{property.Name}."))
                yield return inner;
        }
    }

    // Where no loss is named, the architecture's own is meant.
    private static object Nested(object owner, PropertyInfo property)
    {
        if (owner is YoloTrainer.Options { Loss: null } options && property.Name == nameof(YoloTrainer.Options.Loss))
            options.Loss = options.ChosenLoss;
        return property.GetValue(owner)!;
    }

    private static DetectionLossOptions? ChosenLossOf(this YoloTrainer.Options options, PropertyInfo property)
        => property.Name == nameof(YoloTrainer.Options.Loss) ? options.ChosenLoss : null;

    private static int Depth(PropertyInfo property) => IsNested(property) ? 1 : 0;

    private static bool IsNested(PropertyInfo property)
        => property.PropertyType == typeof(DetectionLossOptions) || property.PropertyType == typeof(AugmentationOptions)
            || property.PropertyType == typeof(ScoringOptions);

    private static bool IsOption(PropertyInfo property)
        => property.CanRead && property.SetMethod is { IsPublic: true } && !OwnToTheTool.Contains(property.Name)
            && !property.Name.EndsWith("ColumnName", StringComparison.Ordinal) && (IsNested(property) || OptionText.IsSupported(property.PropertyType));

    private static PropertyInfo? Find(Type type, string name)
        => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .FirstOrDefault(property => IsOption(property) && property.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static void SetValue(object owner, PropertyInfo property, string name, string text, string source)
    {
        try
        {
            property.SetValue(owner, OptionText.Read(property.PropertyType, text));
        }
        catch (FormatException exception)
        {
            throw new UsageException($"{source}: {name} is '{text}'; {exception.Message}", exception);
        }
        catch (TargetInvocationException exception)
        {
            throw new UsageException($"{source}: {PlainMessage.Of(exception.InnerException!)}", exception);
        }
    }

    private static string Suggestion(YoloTrainer.Options options, string name)
    {
        if (name.Length > MaxSuggested)
            return "";
        var wanted = name.ToUpperInvariant();
        var distances = All(options).Select(option => (option.Name, Distance: EditDistance(option.Name.ToUpperInvariant(), wanted)));
        var (nearest, distance) = distances.MinBy(option => option.Distance);
        return distance <= Math.Max(2, name.Length / 4) ? $" Is '{nearest}' meant?" : "";
    }

    // Levenshtein 1966, a row at a time.
    private static int EditDistance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }

        return row[^1];
    }
}
