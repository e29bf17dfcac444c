using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>
/// The points within each target, as a rectangle of cells on every layer: found on the CPU by the targets alone, so that the device need not be asked.
/// </summary>
internal sealed class CandidatePoints
{
    /// <summary>A point lies within a box if it is further than this from each of its sides, pixels.</summary>
    public const double MinDistance = 1e-9;

    private readonly long[] _counts;
    private readonly long[][] _levelCounts;

    /// <param name="table">The targets.</param>
    /// <param name="grid">The points.</param>
    public CandidatePoints(TargetTable table, PointGrid grid)
    {
        using var scope = NewDisposeScope();
        _levelCounts = new long[grid.Levels.Count][];
        _counts = new long[table.Count];
        var columns = new List<Tensor>();
        foreach (var (i, level) in grid.Levels.Index())
        {
            var (x, width) = Range(table.Boxes.narrow(1, 0, 1), table.Boxes.narrow(1, 2, 1), level.Columns(table.Boxes.dtype));
            var (y, height) = Range(table.Boxes.narrow(1, 1, 1), table.Boxes.narrow(1, 3, 1), level.Rows(table.Boxes.dtype));
            columns.AddRange([x, width, y, height]);
            _levelCounts[i] = (width * height).data<long>().ToArray();
            for (var target = 0; target < _counts.Length; target++)
                _counts[target] += _levelCounts[i][target];
        }

        Rectangles = stack(columns, 1).MoveToOuterDisposeScope();
    }

    /// <summary>(G, 4 · L) of int64, on the CPU: per layer the first column, columns, the first row, rows.</summary>
    public Tensor Rectangles { get; }

    /// <summary>Points within a target, on all layers together.</summary>
    public long CountOf(int target) => _counts[target];

    /// <summary>Points within a target on one layer.</summary>
    public long CountOf(int target, int level) => _levelCounts[level][target];

    /// <summary>Whether points lie within boxes: (…, 2) and (…, 4) of pixels to (…) of bool.</summary>
    public static Tensor IsWithin(Tensor points, Tensor boxes)
    {
        using var scope = NewDisposeScope();
        var distances = cat([points - boxes.narrow(-1, 0, 2), boxes.narrow(-1, 2, 2) - points], -1);
        return distances.amin([-1]).IsAbove(MinDistance).MoveToOuterDisposeScope();
    }

    /// <summary>Which of the positions along an axis lie between start and end, (G, 1) each: the first, (G), and how many, (G).</summary>
    private static (Tensor First, Tensor Count) Range(Tensor start, Tensor end, Tensor positions)
    {
        var isWithin = (positions - start).minimum(end - positions).IsAbove(MinDistance).to(ScalarType.Int64);    // (G, positions)
        return (isWithin.argmax(1), isWithin.sum(1));
    }
}
