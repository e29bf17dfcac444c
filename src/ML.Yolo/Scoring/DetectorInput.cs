using ML.Yolo.Imaging;

namespace ML.Yolo.Scoring;

/// <summary>What a detector takes in: where its images are, and how they are laid out for its network.</summary>
/// <param name="ImageColumnName">Column of the images.</param>
/// <param name="ImageSize">Side of the square that images are scaled to fit, pixels.</param>
/// <param name="MaxStride">The sides of a canvas are multiples of it, pixels.</param>
/// <param name="ShowsBorders">Whether training showed the network what lies around an image.</param>
internal sealed record DetectorInput(string ImageColumnName, int ImageSize, int MaxStride, bool ShowsBorders)
{
    /// <summary>Max. images whose pixels fit one array, at least 1. A tight canvas may be a stride longer than the square.</summary>
    public int MaxBatchSize
    {
        get
        {
            var side = (long)ImageSize + MaxStride;
            return (int)Math.Clamp(int.MaxValue / (side * side * ResizedImage.Channels), 1, int.MaxValue);
        }
    }
}
