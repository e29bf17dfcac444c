using ML.Yolo.Imaging;

namespace ML.Yolo.Training.Augmentation;

/// <summary>An image at its place on a canvas, which it may overhang.</summary>
internal readonly record struct SceneTile(ResizedImage Image, float Left, float Top);
