namespace ML.Yolo;

/// <summary>An object that a detector found in an image.</summary>
/// <param name="Label">Name of its class.</param>
/// <param name="ClassIndex">Index of its class, from 0, in the order of <see cref="YoloDetector.ClassNames"/>.</param>
/// <param name="Score">Confidence in [0, 1].</param>
/// <param name="Box">Where it is, in pixels of the image, origin top left.</param>
public sealed record DetectedObject(string Label, int ClassIndex, float Score, Box Box);
