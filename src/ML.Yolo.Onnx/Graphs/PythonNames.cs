using System.Globalization;
using System.Text;

namespace ML.Yolo.Onnx.Graphs;

/// <summary>Class names as Ultralytics' exports hold them: a dictionary in Python's notation, <c>{0: 'person', 1: 'car'}</c>.</summary>
/// <remarks>
/// Readers in C# split that text at ", " and ": " and cut off or remove the quotes; YOLOv5's script evaluates it. What would mislead any of them is written
/// otherwise: ", " as "; ", ": " as " - ", quotes as "`", a backslash as "/", and control characters as blanks.
/// </remarks>
internal sealed class PythonNames
{
    private const int NamedInNote = 5;

    private readonly List<(string Name, string Written)> _changed = [];

    public PythonNames(IReadOnlyList<string> names)
    {
        var text = new StringBuilder("{");
        foreach (var (i, name) in names.Index())
        {
            var written = Write(name);
            if (written != name)
                _changed.Add((name, written));
            text.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}{i}: '{written}'");
        }

        Text = text.Append('}').ToString();
    }

    /// <summary>The dictionary.</summary>
    public string Text { get; }

    /// <summary>What is written otherwise, in a sentence; none where nothing is.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            if (_changed.Count == 0)
                return [];
            var first = string.Join(", ", _changed.Take(NamedInNote).Select(change => $"\"{change.Name}\" as \"{change.Written}\""));
            var more = _changed.Count > NamedInNote ? FormattableString.Invariant($" and {_changed.Count - NamedInNote} more") : "";
            var count = _changed.Count.ToString(CultureInfo.InvariantCulture);
            return
            [
                $"The file writes {count} class names otherwise under 'names', which programs take apart at commas, colons and quotes: {first}{more}. "
                + "'class_names' has them as they are.",
            ];
        }
    }

    private static string Write(string name)
    {
        var plain = string.Concat(name.Select(character => character switch
        {
            '\'' or '"' => '`',
            '\\' => '/',
            _ when char.IsControl(character) || character is '\u2028' or '\u2029' => ' ',
            _ => character,
        }));
        return plain.Replace(", ", "; ", StringComparison.Ordinal).Replace(": ", " - ", StringComparison.Ordinal);
    }
}
