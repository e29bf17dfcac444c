namespace ML.Yolo.Samples;

/// <summary>The objects of one row.</summary>
/// <param name="Classes">Class index of each.</param>
/// <param name="Boxes">Box of each, pixels of the image in the image column.</param>
/// <param name="Ignored">Objects left out since their label is missing or of a class that is not learned.</param>
internal sealed record Objects(int[] Classes, Box[] Boxes, int Ignored);
