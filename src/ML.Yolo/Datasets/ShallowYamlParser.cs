using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ML.Yolo.Datasets;

/// <summary>
/// Parses the YAML that a set needs: not deeply nested, without aliases, its keys plain text. YamlDotNet builds and compares its nodes by recursion: brackets
/// by the hundred thousand, or a map that is its own key, would end the process.
/// </summary>
internal sealed class ShallowYamlParser(TextReader text) : IParser
{
    private const int MaxDepth = 64;

    private readonly Parser _parser = new(text);

    // Of each map or list entered: whether a key is expected next; null for a list.
    private readonly Stack<bool?> _levels = new();

    /// <inheritdoc/>
    public ParsingEvent? Current => _parser.Current;

    /// <summary>Line of what was read last, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <inheritdoc/>
    /// <exception cref="YamlException">The text is not YAML, is nested too deeply, or has an alias or a key that is not text.</exception>
    public bool MoveNext()
    {
        if (!_parser.MoveNext())
            return false;
        Line = Math.Max(Current!.Start.Line, 1);
        switch (Current)
        {
            case AnchorAlias alias:
                throw Refused($"'*{alias.Value}' is an alias; in a data.yaml everything is written out.");
            case MappingStart or SequenceStart:
                Enter(isMapping: Current is MappingStart);
                break;
            case MappingEnd or SequenceEnd:
                _levels.Pop();
                break;
            case Scalar:
                Take();
                break;
            default:
                break;
        }

        return true;
    }

    private void Enter(bool isMapping)
    {
        if (_levels.TryPeek(out var isKey) && isKey == true)
            throw Refused("a list or a map is used as a key; text was expected.");
        if (_levels.Count >= MaxDepth)
            throw Refused($"lists and maps lie more than {MaxDepth} deep in each other.");
        Take();
        _levels.Push(isMapping ? true : null);
    }

    /// <summary>In a map, keys and values take turns.</summary>
    private void Take()
    {
        if (_levels.TryPeek(out var isKey) && isKey is { } key)
        {
            _levels.Pop();
            _levels.Push(!key);
        }
    }

    private YamlException Refused(string problem) => new(Current!.Start, Current.End, problem);
}
