using ML.Yolo;

namespace Quickstart;

/// <summary>A scored row, as ML.NET hands it out.</summary>
internal sealed class DetectedRow
{
    public string ImagePath { get; set; } = "";

    /// <summary>Keys, from 1.</summary>
    public uint[] PredictedLabel { get; set; } = [];

    /// <summary>Four numbers per object: x0, y0, x1, y1 in pixels.</summary>
    public float[] PredictedBoundingBoxes { get; set; } = [];

    public float[] Score { get; set; } = [];

    /// <summary>What was found, for drawing.</summary>
    public IReadOnlyList<LabeledBox> Boxes(string[] classNames)
        => LabeledBox.FromColumns([.. PredictedLabel.Select(key => classNames[key - 1])], PredictedBoundingBoxes, Score);
}
