namespace ML.Yolo.Cli.Detecting;

/// <summary>The tiles that pictures are cut into.</summary>
/// <param name="Size">Side, pixels.</param>
/// <param name="Overlap">Share of a tile that the next one repeats.</param>
internal sealed record Tiling(int Size, float Overlap);
