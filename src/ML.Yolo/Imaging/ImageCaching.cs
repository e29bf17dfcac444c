namespace ML.Yolo;

/// <summary>Whether resized images are kept from one epoch to the next.</summary>
public enum ImageCaching
{
    /// <summary>
    /// In memory up to <see cref="YoloTrainer.Options.ImageCacheMegabytes"/>, the rest in a temporary file that is gone after training: each image is
    /// decoded once.
    /// </summary>
    MemoryThenDisk,

    /// <summary>
    /// Not at all: images are decoded anew each epoch, from the files that <c>LoadImages</c> took them from. Images that come from no file, or that another
    /// step has changed, are kept in a temporary file.
    /// </summary>
    Off,
}
