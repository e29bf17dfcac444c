namespace ML.Yolo.Tests.Losses;

/// <summary>One built target of the oracles: where it goes and what it says, lengths in cells.</summary>
internal sealed record OracleTarget(int Image, int Class, int Anchor, int Y, int X, double CentreX, double CentreY, double Width, double Height, double AnchorWidth, double AnchorHeight);
