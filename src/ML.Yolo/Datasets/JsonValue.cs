using System.Globalization;
using System.Text.Json;

namespace ML.Yolo.Datasets;

/// <summary>A small value of a JSON file, whatever its kind: what a sample's own mistake is, is said of the sample, and the file goes on.</summary>
/// <param name="Type">Kind of the value's first token.</param>
/// <param name="Text">Text of a scalar.</param>
/// <param name="Items">First elements of an array.</param>
/// <param name="Members">First members of an object; of equal names the last counts.</param>
/// <param name="Count">Elements of an array, or members of an object.</param>
/// <param name="Line">Line of the file.</param>
internal sealed record JsonValue(
    JsonTokenType Type, string? Text, IReadOnlyList<JsonValue> Items, IReadOnlyDictionary<string, JsonValue> Members, int Count, int Line)
{
    private const int Shown = 4;

    /// <summary>What messages call it.</summary>
    public string Found => Type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => Count > Shown || Items.Any(item => item.Type is JsonTokenType.StartArray or JsonTokenType.StartObject)
            ? FormattableString.Invariant($"an array of {Count}")
            : $"[{string.Join(", ", Items.Select(item => item.Type == JsonTokenType.String ? $"\"{item.Text}\"" : item.Text ?? item.Found))}]",
        JsonTokenType.String => $"the text '{Text}'",
        JsonTokenType.Number => $"the number {Text}",
        _ => Type.ToString().ToLowerInvariant(),
    };

    /// <summary>Whether it is a finite number.</summary>
    public bool IsNumber(out double value)
    {
        value = 0;
        return Type == JsonTokenType.Number && double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    /// <summary>A number or a text as an id: 7, 7.0, 7e0 and "7" are the same one; null for anything else.</summary>
    public string? AsId()
    {
        if (Type is not (JsonTokenType.Number or JsonTokenType.String))
            return null;
        if (Type == JsonTokenType.String && !IsPlainNumber(Text!))
            return Text;
        return decimal.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number == decimal.Floor(number)
            ? decimal.Truncate(number).ToString("0", CultureInfo.InvariantCulture)
            : Text;
    }

    /// <summary>Whether a text is a number as one writes it: "007" and "1e3" are names.</summary>
    private static bool IsPlainNumber(string text)
    {
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? "0" : digits[(point + 1)..];
        return whole.Length > 0 && fraction.Length > 0 && !whole.ContainsAnyExceptInRange('0', '9') && !fraction.ContainsAnyExceptInRange('0', '9')
            && (whole.Length == 1 || whole[0] != '0');
    }

    /// <summary>A truth value, or a number that is 0 or not; null for anything else.</summary>
    public bool? AsFlag() => Type switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False or JsonTokenType.Null => false,
        JsonTokenType.Number when IsNumber(out var value) => value != 0,
        _ => null,
    };
}
