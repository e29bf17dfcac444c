using ML.Yolo.Columns;

namespace ML.Yolo.Samples;

/// <summary>What reading samples needs to know of a run.</summary>
/// <param name="Columns">Names of the columns of images, labels and boxes.</param>
/// <param name="ImageSize">Side of the square canvas, pixels.</param>
/// <param name="ImageCaching">Whether pixels are kept, or decoded again each epoch.</param>
/// <param name="BadSampleHandling">What to do with rows that cannot be learned from.</param>
internal sealed record SampleReadingSettings(DetectionColumnNames Columns, int ImageSize, ImageCaching ImageCaching, BadSampleHandling BadSampleHandling);
