using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ML.Yolo.Datasets;

/// <summary>
/// Parses YAML that is not deeply nested. YamlDotNet builds its nodes by recursion: brackets by the hundred thousand would end the process.
/// </summary>
internal sealed class ShallowYamlParser(TextReader text) : IParser
{
    private const int MaxDepth = 64;

    private readonly Parser _parser = new(text);
    private int _level;

    /// <inheritdoc/>
    public ParsingEvent? Current => _parser.Current;

    /// <inheritdoc/>
    /// <exception cref="YamlException">The text is not YAML, or nested too deeply.</exception>
    public bool MoveNext()
    {
        if (!_parser.MoveNext())
            return false;
        _level += Current switch
        {
            MappingStart or SequenceStart => 1,
            MappingEnd or SequenceEnd => -1,
            _ => 0,
        };
        return _level <= MaxDepth
            ? true
            : throw new YamlException(Current!.Start, Current.End, $"lists and maps lie more than {MaxDepth} deep in each other.");
    }
}
