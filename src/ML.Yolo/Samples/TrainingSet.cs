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

    /// <inheritdoc/>
    public void Dispose() => images.Dispose();
}
