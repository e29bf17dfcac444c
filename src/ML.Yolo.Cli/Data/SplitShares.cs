using System.Globalization;

namespace ML.Yolo.Cli.Data;

/// <summary>How a set is divided anew: 80/10/10 is train, val and test.</summary>
internal sealed class SplitShares
{
    private static readonly string[] Names = ["train", "val", "test"];

    private readonly double[] _shares;

    private SplitShares(double[] shares) => _shares = shares;

    /// <summary>The shares a text names; null where it is the name of a split.</summary>
    /// <exception cref="UsageException">It is neither.</exception>
    public static SplitShares? Parse(string text)
    {
        if (!text.Contains('/', StringComparison.Ordinal))
            return null;
        var shares = Array.ConvertAll(text.Split('/'), Share);
        return shares.Length is 2 or 3 && shares.All(share => share >= 0) && shares[0] > 0
            ? new SplitShares(shares)
            : throw new UsageException($"--split is '{text}'; the name of a split, or shares for train, val and test such as 80/10/10, is expected.");
    }

    private static double Share(string text)
        => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) ? share : -1;

    /// <summary>Deals the pictures out by a seed; those of one path stay together.</summary>
    public IReadOnlyList<(string Name, List<LabelledPicture> Pictures)> Deal(IReadOnlyList<LabelledPicture> pictures, int seed)
    {
        var groups = pictures.GroupBy(picture => picture.ImagePath, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
        new Random(seed).Shuffle(groups);
        var dealt = new List<(string, List<LabelledPicture>)>();
        var (total, before) = (_shares.Sum(), 0.0);
        for (var i = 0; i < _shares.Length; i++)
        {
            var (first, end) = (Position(before), Position(before + _shares[i]));
            before += _shares[i];
            if (end > first)
                dealt.Add((Names[i], [.. groups[first..end].OrderBy(group => group.Key, StringComparer.Ordinal).SelectMany(group => group)]));
        }

        return dealt;

        int Position(double share) => (int)Math.Round(share / total * groups.Length, MidpointRounding.AwayFromZero);
    }
}
