using System.Text;
using System.Text.Json;

namespace ML.Yolo.Datasets;

/// <summary>Reads a JSON file token by token, however large it is: only a window of it is in memory.</summary>
internal sealed class JsonTokenStream : IDisposable
{
    private const int MinWindow = 1 << 16;
    private const int MaxWindow = 1 << 26;

    // Parts of an array or an object that are kept: no value that is looked at needs more.
    private const int MaxParts = 64;

    private readonly Stream _stream;
    private byte[] _window = new byte[MinWindow];
    private JsonReaderState _state;
    private int _line = 1;
    private int _start;
    private int _end;
    private bool _isFinal;
    private bool _isSkipping;
    private string? _text;

    public JsonTokenStream(string path)
    {
        FilePath = path;
        _stream = Open(path);
        Fill();
        if (_window.AsSpan(0, _end).StartsWith("\uFEFF"u8))
            _start = 3;
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>Kind of the token read last.</summary>
    public JsonTokenType Type { get; private set; }

    /// <summary>Line of the token read last, from 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>Reads the next token.</summary>
    /// <exception cref="DatasetFormatException">The file ends too early or is not JSON.</exception>
    public void Read()
    {
        if (!TryRead())
            throw Wrong("the file ends in the middle: it is truncated.");
    }

    /// <summary>Reads up to the next property of the object entered; false where the object ends.</summary>
    public bool ReadProperty(out string name)
    {
        Read();
        name = Type == JsonTokenType.PropertyName ? _text! : "";
        return Type == JsonTokenType.PropertyName;
    }

    /// <summary>Reads up to the next element of the array entered; false where the array ends.</summary>
    public bool ReadElement()
    {
        Read();
        return Type != JsonTokenType.EndArray;
    }

    /// <summary>Throws unless the token read last is the beginning of an object.</summary>
    public void RequireObject(string field) => Require(JsonTokenType.StartObject, field, "an object");

    /// <summary>Reads a token that must be of one kind.</summary>
    public void Read(JsonTokenType type, string field, string expected)
    {
        Read();
        Require(type, field, expected);
    }

    /// <summary>Reads a text.</summary>
    public string ReadText(string field)
    {
        Read();
        return CurrentText(field);
    }

    /// <summary>The text read last.</summary>
    public string CurrentText(string field)
    {
        Require(JsonTokenType.String, field, "text");
        return _text!;
    }

    /// <summary>Reads a value of any kind; of long arrays and objects the first parts.</summary>
    public JsonValue ReadValue()
    {
        Read();
        return CurrentValue();
    }

    /// <summary>The value that begins with the token read last.</summary>
    public JsonValue CurrentValue()
    {
        var (type, text, line) = (Type, _text ?? (Type is JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null ? Describe() : null), Line);
        var (items, members, count) = (new List<JsonValue>(), new Dictionary<string, JsonValue>(StringComparer.Ordinal), 0);
        if (type == JsonTokenType.StartArray)
        {
            for (Read(); Type != JsonTokenType.EndArray; Read(), count++)
                Keep(() => items.Add(CurrentValue()), items.Count);
        }
        else if (type == JsonTokenType.StartObject)
        {
            for (; ReadProperty(out var name); count++)
            {
                Read();
                Keep(() => members[name] = CurrentValue(), members.Count);
            }
        }

        return new JsonValue(type, text, items, members, count, line);
    }

    /// <summary>Passes over the value that follows.</summary>
    public void Skip()
    {
        _isSkipping = true;
        Read();
        SkipCurrent();
        _isSkipping = false;
    }

    /// <summary>Reads past the closing brace: nothing but white space may follow.</summary>
    public void ReadEnd()
    {
        if (TryRead())
            throw Wrong($"{Describe()} follows the end.");
    }

    /// <summary>An exception about the token read last.</summary>
    public DatasetFormatException Wrong(string problem) => new(FilePath, Line, problem);

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    /// <summary>Keeps a value, or passes over it where enough are kept.</summary>
    private void Keep(Action keep, int kept)
    {
        if (kept < MaxParts)
        {
            keep();
            return;
        }

        _isSkipping = true;
        SkipCurrent();
        _isSkipping = false;
    }

    /// <summary>Passes over the rest of the value that begins with the token read last.</summary>
    private void SkipCurrent()
    {
        var depth = 0;
        while (true)
        {
            depth += Type switch
            {
                JsonTokenType.StartArray or JsonTokenType.StartObject => 1,
                JsonTokenType.EndArray or JsonTokenType.EndObject => -1,
                _ => 0,
            };
            if (depth <= 0)
                return;
            Read();
        }
    }

    private void Require(JsonTokenType type, string field, string expected)
    {
        if (Type != type)
            throw Wrong($"'{field}' is {Describe()}; {expected} was expected.");
    }

    private string Describe() => Type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.EndArray => "missing from the array",
        JsonTokenType.EndObject => "missing from the object",
        JsonTokenType.String => $"the text '{_text}'",
        JsonTokenType.Number => $"the number {_text}",
        JsonTokenType.PropertyName => $"the property '{_text}'",
        _ => Type.ToString().ToLowerInvariant(),
    };

    private bool TryRead()
    {
        while (true)
        {
            try
            {
                var reader = new Utf8JsonReader(_window.AsSpan(_start, _end - _start), _isFinal, _state);
                if (reader.Read())
                {
                    Take(ref reader);
                    return true;
                }
            }
            catch (JsonException exception)
            {
                var truncated = _isFinal && _start < _end ? ", or truncated" : "";
                var problem = exception.Message.Split(" LineNumber:", 2)[0];
                throw new DatasetFormatException(FilePath, (int?)exception.LineNumber + 1, $"not valid JSON{truncated}: {problem}", exception);
            }
            catch (InvalidOperationException exception)                                   // what the reader throws where text is not UTF-8
            {
                throw new DatasetFormatException(FilePath, _line, "a text is not valid UTF-8.", exception);
            }

            if (_isFinal)
                return false;
            Fill();
        }
    }

    private void Take(ref Utf8JsonReader reader)
    {
        Type = reader.TokenType;
        var consumed = _window.AsSpan(_start, (int)reader.BytesConsumed);
        Line = _line + consumed[..(int)reader.TokenStartIndex].Count((byte)'\n');
        _line += consumed.Count((byte)'\n');
        _text = _isSkipping ? null : Type switch
        {
            JsonTokenType.PropertyName or JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number => Encoding.ASCII.GetString(reader.ValueSpan),
            _ => null,
        };
        _state = reader.CurrentState;
        _start += (int)reader.BytesConsumed;
    }

    /// <summary>The file as UTF-8, whatever its byte-order mark says it is.</summary>
    private static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        if (!file.CanSeek)
            return file;
        Span<byte> mark = stackalloc byte[4];
        var length = file.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return SetText.WideEncoding(mark[..length]) is { } wide ? Encoding.CreateTranscodingStream(file, wide, Encoding.UTF8) : file;
    }

    private void Fill()
    {
        _window.AsSpan(_start, _end - _start).CopyTo(_window);
        (_start, _end) = (0, _end - _start);
        if (_end == _window.Length)
        {
            if (_window.Length >= MaxWindow)
                throw Wrong($"a single value is longer than {MaxWindow} bytes.");
            Array.Resize(ref _window, _window.Length * 2);
        }

        try
        {
            var read = _stream.Read(_window, _end, _window.Length - _end);
            _isFinal = read == 0;
            _end += read;
        }
        catch (DecoderFallbackException exception)
        {
            throw new DatasetFormatException(FilePath, _line, "the file is not in the encoding that its byte-order mark says.", exception);
        }
    }
}
