using ML.Yolo.Imaging;

namespace ML.Yolo.Samples;

/// <summary>One image of a training or validation set and its objects.</summary>
/// <param name="Image">Index in the image cache.</param>
/// <param name="Letterbox">Where the image lies on the canvas.</param>
/// <param name="Classes">Class index of each object.</param>
/// <param name="Boxes">Box of each object, pixels of the original image, upright, within it.</param>
internal sealed record TrainingSample(int Image, Letterbox Letterbox, int[] Classes, Box[] Boxes);
