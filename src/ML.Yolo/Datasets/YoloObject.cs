namespace ML.Yolo.Datasets;

/// <summary>An object of a label file: fractions of the image, which a box may leave although its centre does not.</summary>
/// <param name="Class">Class index.</param>
/// <param name="X0">Left.</param>
/// <param name="Y0">Top.</param>
/// <param name="X1">Right.</param>
/// <param name="Y1">Bottom.</param>
/// <param name="Shape">What it was made of.</param>
internal readonly record struct YoloObject(int Class, double X0, double Y0, double X1, double Y1, YoloShape Shape);
