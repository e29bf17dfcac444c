namespace ML.Yolo.Losses;

/// <summary>A box as losses have it, in double precision.</summary>
/// <param name="X">Centre.</param>
/// <param name="Y">Centre.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
internal readonly record struct CentredBox(double X, double Y, double Width, double Height);
