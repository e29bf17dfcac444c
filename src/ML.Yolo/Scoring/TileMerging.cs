using ML.Yolo.Imaging;

namespace ML.Yolo.Scoring;

/// <summary>Makes one list of what was found in overlapping tiles, and in the image as a whole, with each object in it once.</summary>
/// <remarks>
/// Greedy suppression by class, whole boxes first: a box that a tile's inner edge cuts is part of an object at best, so it goes before whole ones whatever
/// its confidence, and where most of it lies within one of them it says nothing new.
/// </remarks>
internal sealed class TileMerging(TileGrid grid)
{
    // Predicted edges are not exact to the pixel.
    private const float CutTolerance = 0.01f;
    private const float MinCutTolerance = 2;

    private readonly List<(Detection Found, Box Box, bool IsCut)> _candidates = [];

    /// <param name="tile">Where it was found; null for the whole image.</param>
    /// <param name="detections">In pixels of the tile.</param>
    public void Add(Tile? tile, IEnumerable<Detection> detections)
    {
        foreach (var found in detections)
        {
            var box = new Box(found.X0, found.Y0, found.X1, found.Y1);
            var place = tile is null ? box : box.Shift(tile.Left, tile.Top);
            _candidates.Add((found, place, tile is not null && IsCut(box, tile)));
        }
    }

    /// <summary>What stays, most confident first, in pixels of the image.</summary>
    public Detection[] Merge(NmsOptions options)
    {
        var kept = new List<(Detection Found, Box Box)>();
        foreach (var (found, box, isCut) in _candidates.OrderBy(entry => entry.IsCut).ThenByDescending(entry => entry.Found.Score))
        {
            if (!kept.Any(other => other.Found.ClassIndex == found.ClassIndex && IsSame(box, other.Box, isCut, options.IouThreshold)))
                kept.Add((found, box));
        }

        return
        [
            .. kept.OrderByDescending(entry => entry.Found.Score).Take(options.MaxDetections)
                .Select(entry => entry.Found with { X0 = entry.Box.X0, Y0 = entry.Box.Y0, X1 = entry.Box.X1, Y1 = entry.Box.Y1 }),
        ];
    }

    private static bool IsSame(in Box box, in Box kept, bool isCut, float threshold)
        => box.Iou(kept) > threshold || (isCut && box.ShareWithin(kept) > threshold);

    private bool IsCut(in Box box, Tile tile)
    {
        var (x, y) = (Math.Max(CutTolerance * tile.Width, MinCutTolerance), Math.Max(CutTolerance * tile.Height, MinCutTolerance));
        return (tile.Left > 0 && box.X0 <= x)
            || (tile.Top > 0 && box.Y0 <= y)
            || (tile.Left + tile.Width < grid.Width && box.X1 >= tile.Width - x)
            || (tile.Top + tile.Height < grid.Height && box.Y1 >= tile.Height - y);
    }
}
