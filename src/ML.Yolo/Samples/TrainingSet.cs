using ML.Yolo.Imaging;

namespace ML.Yolo.Samples;

/// <summary>All samples of a set, their images resized and ready for random access.</summary>
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
            for (var i = 0; i < sample.Boxes.Length; i += 4)
            {
                var (x0, y0) = sample.Letterbox.ToCanvas(sample.Boxes[i], sample.Boxes[i + 1]);
                var (x1, y1) = sample.Letterbox.ToCanvas(sample.Boxes[i + 2], sample.Boxes[i + 3]);
                yield return (x1 - x0, y1 - y0);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => images.Dispose();
}
