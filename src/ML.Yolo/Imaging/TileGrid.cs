namespace ML.Yolo.Imaging;

/// <summary>Tiles of one size that cover an image and overlap. The last of a row or column ends with the image, so it may overlap more.</summary>
internal sealed class TileGrid
{
    private const int MinTileSize = 32;
    private const float MaxOverlap = 0.9f;

    /// <param name="width">Width of the image, pixels.</param>
    /// <param name="height">Height of the image, pixels.</param>
    /// <param name="tileSize">Side of a tile, pixels; an image that is smaller is one tile along that side.</param>
    /// <param name="overlap">Share of a tile that the next one repeats.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it.</exception>
    public TileGrid(int width, int height, int tileSize, float overlap)
    {
        if (tileSize < MinTileSize)
            throw new ArgumentOutOfRangeException(
                nameof(tileSize), FormattableString.Invariant($"tileSize is {tileSize}; it must be at least {MinTileSize}."));
        if (overlap is not (>= 0 and <= MaxOverlap))
            throw new ArgumentOutOfRangeException(nameof(overlap), FormattableString.Invariant($"overlap is {overlap}; it must be in [0, {MaxOverlap}]."));
        (Width, Height) = (width, height);
        var step = Math.Max((int)Math.Round(tileSize * (1 - overlap)), 1);
        Tiles =
        [
            .. from top in Starts(height, tileSize, step)
               from left in Starts(width, tileSize, step)
               select new Tile(left, top, Math.Min(tileSize, width), Math.Min(tileSize, height)),
        ];
        if (Tiles.Count == 1)
            Tiles = [];
    }

    /// <summary>Width of the image, pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the image, pixels.</summary>
    public int Height { get; }

    /// <summary>The tiles, row by row; none where one would be the whole image.</summary>
    public IReadOnlyList<Tile> Tiles { get; }

    private static IEnumerable<int> Starts(int length, int tile, int step)
    {
        var last = Math.Max(length - tile, 0);
        for (var start = 0; start < last; start += step)
            yield return start;
        yield return last;
    }
}
