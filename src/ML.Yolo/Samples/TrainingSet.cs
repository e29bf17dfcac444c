using ML.Yolo.Imaging;

namespace ML.Yolo.Samples;

/// <summary>All samples of a set, their images resized and ready for random access.</summary>
/// <param name="samples">The samples.</param>
/// <param name="images">Their images; disposed with the set.</param>
internal sealed class TrainingSet(IReadOnlyList<TrainingSample> samples, ImageCache images) : IDisposable
{
    public IReadOnlyList<TrainingSample> Samples => samples;

    public int BoxCount { get; } = samples.Sum(sample => sample.Classes.Length);

    /// <summary>A sample's pixels and place on the canvas.</summary>
    public LetterboxedImage Image(TrainingSample sample) => new(images.Get(sample.Image), sample.Letterbox);

    /// <summary>Width and height of every object, pixels of the canvas.</summary>
    public IEnumerable<(float Width, float Height)> ObjectSizes()
    {
        foreach (var sample in samples)
        {
            foreach (var box in sample.Boxes)
            {
                var placed = sample.Letterbox.ToCanvas(box);
                yield return (placed.Width, placed.Height);
            }
        }
    }

    /// <summary>Throws where there is nothing to learn.</summary>
    /// <exception cref="InvalidOperationException">No sample has an object.</exception>
    public void RequireObjects()
    {
        if (BoxCount > 0)
            return;
        throw new InvalidOperationException(
            $"The training data has {samples.Count} images and no object of a class to learn within them: there is nothing to learn. "
            + "Are labels where the loader looks for them, and is each label's class among the keys?");
    }

    /// <summary>Of objects that the canvas shows too small to be learned: how many there are, and how large images must be; null if there is none.</summary>
    /// <param name="minSide">Shortest side that an object must exceed, pixels of the canvas.</param>
    /// <param name="imageSize">Side of the canvas.</param>
    public string? DescribeTooSmall(float minSide, int imageSize)
    {
        const int sizeStep = 32;
        var sides = ObjectSizes().Select(size => Math.Min(size.Width, size.Height)).ToList();
        var small = sides.Where(side => side <= minSide).ToList();
        if (small.Count == 0)
            return null;
        var needed = ((long)(imageSize * (double)minSide / small.Min() / sizeStep) + 1) * sizeStep;
        var most = small.Order().ElementAt(small.Count / 2);
        return FormattableString.Invariant($"{small.Count} of {sides.Count} objects are not larger than {minSide} pixels")
            + FormattableString.Invariant($" where images are scaled to {imageSize}")
            + FormattableString.Invariant($" (the median of them is {most:0.##}): augmentation drops such objects, and none is learned. ")
            + FormattableString.Invariant($"With an image size of {needed} all would be larger; tiles cut out of the images are another way.");
    }

    /// <inheritdoc/>
    public void Dispose() => images.Dispose();
}
