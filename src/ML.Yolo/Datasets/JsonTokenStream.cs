using System.Globalization;
using System.Text.Json;

namespace ML.Yolo.Datasets;

/// <summary>Reads a JSON file token by token, however large it is: only a window of it is in memory.</summary>
internal sealed class JsonTokenStream : IDisposable
{
    private const int MinWindow = 1 << 16;
    private const int MaxWindow = 1 << 26;

    private readonly FileStream _stream;
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
        _stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
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

    /// <summary>Reads up to the next object of the array entered; false where the array ends.</summary>
    public bool ReadElement(string field)
    {
        Read();
        if (Type == JsonTokenType.EndArray)
            return false;
        Require(JsonTokenType.StartObject, field, "an object");
        return true;
    }

    /// <summary>Reads a token that must be of one kind.</summary>
    public void Read(JsonTokenType type, string field, string expected)
    {
        Read();
        Require(type, field, expected);
    }

    /// <summary>Reads a finite number.</summary>
    public double ReadNumber(string field)
    {
        Read(JsonTokenType.Number, field, "a number");
        return double.TryParse(_text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw Wrong($"'{field}' is {_text}; a finite number was expected.");
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

    /// <summary>Reads an id, a number or a text, as text.</summary>
    public string ReadId(string field)
    {
        Read();
        return Type is JsonTokenType.Number or JsonTokenType.String ? _text! : throw Wrong($"'{field}' is {Describe()}; a number or text was expected.");
    }

    /// <summary>Reads a number or a truth value as a flag.</summary>
    public bool ReadFlag(string field)
    {
        Read();
        return Type switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False or JsonTokenType.Null => false,
            JsonTokenType.Number => double.TryParse(_text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value != 0,
            _ => throw Wrong($"'{field}' is {Describe()}; 0 or 1 was expected."),
        };
    }

    /// <summary>Passes over the value that follows.</summary>
    public void Skip()
    {
        var depth = 0;
        _isSkipping = true;
        do
        {
            Read();
            depth += Type switch
            {
                JsonTokenType.StartArray or JsonTokenType.StartObject => 1,
                JsonTokenType.EndArray or JsonTokenType.EndObject => -1,
                _ => 0,
            };
        }
        while (depth > 0);
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
            JsonTokenType.Number => System.Text.Encoding.ASCII.GetString(reader.ValueSpan),
            _ => null,
        };
        _state = reader.CurrentState;
        _start += (int)reader.BytesConsumed;
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

        var read = _stream.Read(_window, _end, _window.Length - _end);
        _isFinal = read == 0;
        _end += read;
    }
}
