namespace Quickstart;

/// <summary>One object found: its name, its confidence, and its box in pixels of the picture.</summary>
internal readonly record struct DetectedObject(string Name, float Score, float X0, float Y0, float X1, float Y1);
