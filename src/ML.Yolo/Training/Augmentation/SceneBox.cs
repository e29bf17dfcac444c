namespace ML.Yolo.Training.Augmentation;

/// <summary>An object on a canvas.</summary>
/// <param name="Class">Index of its class.</param>
/// <param name="Box">Its box, pixels of the canvas.</param>
internal readonly record struct SceneBox(int Class, Box Box);
