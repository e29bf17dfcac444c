using System.Text.RegularExpressions;

namespace ML.Yolo.Tests.Architecture;

/// <summary>Finds what does not read as plain field English, and lines that do not fit on a screen.</summary>
internal static partial class PlainEnglish
{
    /// <summary>Lines are shorter than this.</summary>
    public const int Columns = 160;

    private const string Thing = "anchor|axis|batch|box|cell|class|colour|detection|epoch|head|image|label|layer|level|line|object|picture|pixel|point|prediction|row|run|sample|scale|side|step|target|tile";

    private const string Count = @"\d+|one|two|three|four|five|six|seven|eight|nine|ten|many|most|numbers?|boxes|rows?|pixels|cells|bytes|detections|candidates|anchors|logits|tensors?|images|batches|entry|colours|"
        + "objects|samples|predictions|convolution|fraction|scores?|confidence|fields|labels|files|lines|values|reported";

    /// <summary>Names the first thing wrong with a line; null where there is none.</summary>
    public static string? Fault(string line)
    {
        if (line.Length >= Columns && !line.StartsWith('|'))
            return $"a line of {Columns} columns or more";                               // a row of a table cannot be broken
        if (PerWithoutPer().Match(line) is { Success: true } per)
            return $"\"{per.Value}\": per {per.Groups["thing"]}";
        if (IsNo().Match(line) is { Success: true } no)
            return $"\"{no.Value}\": is not";
        return Superlative().Match(line) is { Success: true } name ? $"{name.Value}: Max or Min" : null;
    }

    [GeneratedRegex($@"(?<![\w.])({Count}) an? (?<thing>{Thing})\b(?! (at|in|is|lies|of|that|to|under|was|where|with)\b)", RegexOptions.IgnoreCase)]
    private static partial Regex PerWithoutPer();

    [GeneratedRegex(@"(?<!\bthere )\b(is|are|was|were) no (?!doubt|higher|larger|less|longer|more|narrower|other|room|smaller|use|way|wider|worse)\w+", RegexOptions.IgnoreCase)]
    private static partial Regex IsNo();

    [GeneratedRegex(@"\b_?(Most|most|Largest|largest|Fewest|fewest|Least|least)[A-Z]\w*")]
    private static partial Regex Superlative();
}
