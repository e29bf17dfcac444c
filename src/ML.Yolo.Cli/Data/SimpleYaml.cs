using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ML.Yolo.Cli.Data;

/// <summary>A YAML mapping as names and texts, read as a stream of events: nothing is built, so nothing in it can take memory or nest too deep.</summary>
internal static class SimpleYaml
{
    private const int MaxDepth = 64;

    /// <summary>The entries in their order; those without a value, or null, are left out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="depth">How deep mappings are followed, their names joined by dots; what lies deeper has an empty text.</param>
    /// <returns>A list's text is its items, separated by commas.</returns>
    /// <exception cref="FormatException">It is not YAML, or not a mapping; the message names file and line.</exception>
    public static IReadOnlyList<(string Name, string Value)> Read(string path, int depth)
    {
        var entries = new List<(string, string)>();
        using var reader = new StreamReader(path);
        var parser = new Parser(reader);
        try
        {
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
                return entries;
            if (!parser.TryConsume<MappingStart>(out _))
                throw new FormatException($"'{path}', line {parser.Current!.Start.Line}: a mapping of names to values was expected.");
            ReadMapping(parser, "", depth, entries);
            return entries;
        }
        catch (FormatException exception) when (exception.InnerException is null && !exception.Message.StartsWith($"'{path}'", StringComparison.Ordinal))
        {
            throw new FormatException($"'{path}', line {parser.Current?.Start.Line ?? 1}: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is not FormatException)               // the parser throws any kind where it meets what it did not foresee
        {
            var line = exception is YamlException { Start.Line: > 0 } yaml ? yaml.Start.Line : parser.Current?.Start.Line ?? 1;
            throw new FormatException($"'{path}', line {line}: not valid YAML: {exception.Message}", exception);
        }
    }

    private static void ReadMapping(Parser parser, string prefix, int depth, List<(string, string)> entries)
    {
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var name = prefix + parser.Consume<Scalar>().Value;
            if (parser.TryConsume<Scalar>(out var scalar))
            {
                var isNull = scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "null" or "~";
                if (!isNull)
                    entries.Add((name, scalar.Value));
            }
            else if (depth > 1 && parser.TryConsume<MappingStart>(out _))
            {
                ReadMapping(parser, name + ".", depth - 1, entries);
            }
            else
            {
                entries.Add((name, ReadList(parser)));
            }
        }
    }

    /// <summary>Passes over a value. The parser takes ever longer the deeper it is.</summary>
    private static void Skip(Parser parser)
    {
        var depth = 0;
        do
        {
            depth += parser.Consume<ParsingEvent>().NestingIncrease;
            if (depth > MaxDepth)
                throw new FormatException($"lists and maps lie more than {MaxDepth} deep in each other.");
        }
        while (depth > 0);
    }

    private static string ReadList(Parser parser)
    {
        if (!parser.TryConsume<SequenceStart>(out _))
        {
            Skip(parser);
            return "";
        }

        var items = new List<string>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            if (parser.TryConsume<Scalar>(out var item))
                items.Add(item.Value);
            else
                Skip(parser);
        }

        return string.Join(',', items);
    }
}
