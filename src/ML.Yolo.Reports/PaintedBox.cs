using SkiaSharp;

namespace ML.Yolo.Reports;

/// <summary>A box as it is drawn.</summary>
/// <param name="Box">Where it is, pixels of the image.</param>
/// <param name="Label">What is written at it; empty for nothing.</param>
/// <param name="Colour">Colour of its line and of the plate behind the label.</param>
/// <param name="IsDashed">Whether its line is dashed.</param>
internal sealed record PaintedBox(Box Box, string Label, SKColor Colour, bool IsDashed = false);
