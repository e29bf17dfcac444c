using System.Text;
using System.Text.RegularExpressions;

namespace ML.Yolo.Abuse.Fuzzing.Mutations;

/// <summary>Changes of words, numbers, signs and lines.</summary>
internal static partial class TextMutations
{
    /// <summary>Numbers as text that programs stumble over.</summary>
    public static readonly string[] Numbers =
    [
        "0", "-0", "-1", "1", "1e999", "-1e999", "1e300", "-1e300", "3.5e38", "1e-320", "NaN", "nan", "Infinity", "-Infinity", "inf", ".inf", ".nan", "0x10",
        "1_000", "1,5", "1.", ".5", "+1", "00", "2147483647", "2147483648", "-2147483649", "4294967296", "9223372036854775808", "18446744073709551616",
        "99999999999999999999999999999999999999", "1e2147483648", "null", "~", "true", "false",
    ];

    private static readonly string[] Words =
    [
        "", "null", "\"\"", "''",
        "\\u0000", "\u0000", "\ufeff", "\u202e", "..", "../..", "C:\\", "//host/share", "con", "\r", "\t", "é", "\ud83d\ude00", "%s%n", "{0}",
        "__proto__", "$type",
        "\"$type\":\"System.IO.FileInfo\"", "<![CDATA[", "]]>", "<!--", "-->", "&a", "*a", "!!binary", "? ", "- ", ": ", "{", "}", "[", "]", "|\n",
    ];

    /// <summary>One change of tokens or lines; every byte that is not changed stays.</summary>
    public static byte[] Change(byte[] input, Random random)
    {
        var text = Encoding.Latin1.GetString(input);
        return random.Next(4) == 0 ? Lines(text, random) : Tokens(text, random);
    }

    private static byte[] Tokens(string text, Random random)
    {
        var tokens = Token().Matches(text);
        if (tokens.Count == 0)
            return Encoding.UTF8.GetBytes(Pick(Words, random));
        var (one, other) = (tokens[random.Next(tokens.Count)], tokens[random.Next(tokens.Count)]);
        var isNumber = one.Value is [>= '0' and <= '9', ..] or ['-', >= '0' and <= '9', ..];
        var replacement = random.Next(6) switch
        {
            0 => "",
            1 => one.Value + one.Value,
            2 => other.Value,
            3 => string.Concat(Enumerable.Repeat(one.Value, Times(one.Value.Length, random))),
            _ => isNumber ? Pick(Numbers, random) : Pick(random.Next(3) == 0 ? Numbers : Words, random),
        };
        var (before, after) = (text[..one.Index], text[(one.Index + one.Length)..]);
        return [.. Encoding.Latin1.GetBytes(before), .. Encoding.UTF8.GetBytes(replacement), .. Encoding.Latin1.GetBytes(after)];
    }

    private static byte[] Lines(string text, Random random)
    {
        var lines = text.Split('\n').ToList();
        var (one, other) = (random.Next(lines.Count), random.Next(lines.Count));
        switch (random.Next(4))
        {
            case 0:
                lines.RemoveAt(one);
                break;
            case 1:
                lines.Insert(other, lines[one]);
                break;
            case 2:
                (lines[one], lines[other]) = (lines[other], lines[one]);
                break;
            default:
                lines.InsertRange(other, Enumerable.Repeat(lines[one], Times(lines[one].Length, random)));
                break;
        }

        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }

    private static int Times(int length, Random random) => Math.Clamp(random.Next(2, 5_000), 1, (FuzzTarget.MaxLength / Math.Max(length, 1)) + 1);

    private static string Pick(string[] from, Random random) => from[random.Next(from.Length)];

    [GeneratedRegex("""-?\d+(\.\d+)?([eE][+-]?\d+)?|[A-Za-z_][\w.]*|"[^"\n]*"|\s+|.""", RegexOptions.Singleline)]
    private static partial Regex Token();
}
