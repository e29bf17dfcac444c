using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>The points of all layers of a head without anchors: the middles of their cells, row by row, finest layer first.</summary>
/// <remarks>A prediction of a batch has a slot: image · N + point.</remarks>
internal sealed class PointGrid
{
    private const double Middle = 0.5;

    private readonly Level[] _levels;

    /// <param name="strides">Pixels per cell, by layer.</param>
    /// <param name="sizes">Rows and columns of cells, by layer.</param>
    public PointGrid(IReadOnlyList<int> strides, IReadOnlyList<(long Height, long Width)> sizes)
    {
        _levels = new Level[strides.Count];
        foreach (var (i, stride) in strides.Index())
        {
            _levels[i] = new Level(stride, sizes[i].Height, sizes[i].Width, Count);
            Count += _levels[i].Count;
        }
    }

    /// <summary>Points of all layers, N.</summary>
    public long Count { get; }

    /// <summary>The layers, finest first.</summary>
    public IReadOnlyList<Level> Levels => _levels;

    /// <summary>Width of the image, pixels.</summary>
    public long ImageWidth => _levels[0].Width * _levels[0].Stride;

    /// <summary>Height of the image, pixels.</summary>
    public long ImageHeight => _levels[0].Height * _levels[0].Stride;

    /// <summary>Every point, (N, 2): x, y in pixels.</summary>
    public Tensor Points(ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
        var levels = Array.ConvertAll(_levels, level => level.Points(type, device).Times(level.Stride));
        return cat(levels, 0).MoveToOuterDisposeScope();
    }

    /// <summary>Pixels per cell at every point, (N).</summary>
    public Tensor Strides(ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
        var levels = Array.ConvertAll(_levels, level => Arithmetic.Filled([level.Count], level.Stride, type, device));
        return cat(levels, 0).MoveToOuterDisposeScope();
    }

    /// <summary>The predictions in some slots, differentiable, from maps in any order of memory.</summary>
    /// <param name="maps">(B, channels, H, W) per layer.</param>
    /// <param name="slots">(R) of int64.</param>
    /// <returns>(R, channels).</returns>
    public Tensor Gather(IReadOnlyList<Tensor> maps, Tensor slots)
    {
        using var scope = NewDisposeScope();
        var (images, points) = (slots.FloorOver(Count), slots.Remainder(Count));
        Tensor? rows = null;
        foreach (var (i, level) in _levels.Index())
        {
            var cell = points.Minus(level.First);
            var isHere = cell.IsAtLeast(0) & cell.IsBelow(level.Count);                   // (R)
            cell = cell.AtLeast(0).AtMost(level.Count - 1);
            var found = maps[i].permute(0, 2, 3, 1).index(images, cell.FloorOver(level.Width), cell.Remainder(level.Width));    // (R, channels)
            if (rows is null)
            {
                rows = found;
                continue;
            }

            // With many targets these are the largest tensors of all: none waits for the end of the scope.
            var merged = where(isHere.unsqueeze(1), found, rows);
            found.Dispose();
            rows.Dispose();
            rows = merged;
        }

        return rows!.MoveToOuterDisposeScope();
    }

    /// <summary>The points of one layer.</summary>
    /// <param name="Stride">Pixels per cell.</param>
    /// <param name="Height">Rows of cells, H.</param>
    /// <param name="Width">Columns of cells, W.</param>
    /// <param name="First">Points of the layers before.</param>
    internal readonly record struct Level(int Stride, long Height, long Width, long First)
    {
        /// <summary>H · W.</summary>
        public long Count => Height * Width;

        /// <summary>The points, (H · W, 2): x, y in cells.</summary>
        public Tensor Points(ScalarType type, Device device)
        {
            using var scope = NewDisposeScope();
            var (x, y) = (Middles(Width, type, device), Middles(Height, type, device));
            return stack([x.repeat(Height), y.repeat_interleave(Width)], 1).MoveToOuterDisposeScope();
        }

        /// <summary>The x of every column of points, (W), in pixels.</summary>
        public Tensor Columns(ScalarType type) => Middles(Width, type, CPU).MultiplyInPlace(Stride);

        /// <summary>The y of every row of points, (H), in pixels.</summary>
        public Tensor Rows(ScalarType type) => Middles(Height, type, CPU).MultiplyInPlace(Stride);

        private static Tensor Middles(long count, ScalarType type, Device device) => Arithmetic.Range(count, type, device).AddInPlace(Middle);
    }
}
