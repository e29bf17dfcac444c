using System.Runtime.ExceptionServices;
using ML.Yolo.Imaging;

namespace ML.Yolo.Datasets;

/// <summary>All samples of a set, their images resized and ready for random access.</summary>
internal sealed class TrainingSet(IReadOnlyList<TrainingSample> samples, ImageCache images) : IDisposable
{
    public IReadOnlyList<TrainingSample> Samples => samples;

    public int BoxCount { get; } = samples.Sum(sample => sample.Classes.Length);

    /// <summary>A sample's pixels and place on the canvas.</summary>
    public (ResizedImage Image, Letterbox Letterbox) Image(TrainingSample sample) => (images.Get(sample.Image), sample.Letterbox);

    /// <summary>The images of a batch, read or decoded in parallel.</summary>
    public (ResizedImage Image, Letterbox Letterbox)[] Images(IReadOnlyList<TrainingSample> batch)
    {
        var result = new (ResizedImage, Letterbox)[batch.Count];
        try
        {
            Parallel.For(0, result.Length, i => result[i] = Image(batch[i]));
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }

        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => images.Dispose();
}
