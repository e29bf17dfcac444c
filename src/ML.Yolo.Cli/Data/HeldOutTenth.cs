using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Cli.Data;

/// <summary>A tenth of a set, drawn by a seed, kept from training to measure it on.</summary>
internal sealed class HeldOutTenth
{
    private readonly HashSet<string> _heldOut;

    /// <exception cref="UsageException">There are fewer than two pictures.</exception>
    public HeldOutTenth(IDataView rows, int seed)
    {
        // A picture that is named twice must not be on both sides.
        var paths = rows.GetColumn<string>("ImagePath").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (paths.Length < 2)
            throw new UsageException($"The set has {paths.Length} picture and no 'val' split; at least two are expected, to learn from and to measure on.");
        new Random(seed).Shuffle(paths);
        Total = paths.Length;
        _heldOut = paths.Take(Math.Max(1, (int)Math.Round(paths.Length / 10.0, MidpointRounding.AwayFromZero))).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Pictures held out.</summary>
    public int Count => _heldOut.Count;

    /// <summary>Pictures in all.</summary>
    public int Total { get; }

    /// <summary>The rows to learn from, and those to measure on.</summary>
    public (IDataView Train, IDataView Validation) Split(MLContext mlContext, IDataView rows)
        => (mlContext.Where(rows, path => !_heldOut.Contains(path)), mlContext.Where(rows, _heldOut.Contains));
}
