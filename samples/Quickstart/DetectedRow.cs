namespace Quickstart;

/// <summary>A scored row, as ML.NET hands it out.</summary>
internal sealed class DetectedRow
{
    public string ImagePath { get; set; } = "";

    /// <summary>Keys, from 1.</summary>
    public uint[] PredictedLabel { get; set; } = [];

    /// <summary>Four numbers an object: x0, y0, x1, y1 in pixels.</summary>
    public float[] PredictedBoundingBoxes { get; set; } = [];

    public float[] Score { get; set; } = [];

    /// <summary>The row as objects.</summary>
    public IEnumerable<DetectedObject> Objects(string[] classNames)
        => PredictedLabel.Select((key, i) => new DetectedObject(
            classNames[key - 1], Score[i], PredictedBoundingBoxes[4 * i], PredictedBoundingBoxes[(4 * i) + 1], PredictedBoundingBoxes[(4 * i) + 2], PredictedBoundingBoxes[(4 * i) + 3]));
}
