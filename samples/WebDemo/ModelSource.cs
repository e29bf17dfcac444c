using ML.Yolo;

namespace WebDemo;

/// <summary>Where models come from.</summary>
internal sealed class ModelSource(WebDemoOptions options)
{
    /// <summary>The file, whole path.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(options.Model);

    /// <exception cref="ModelException">The file is not a model that this program can serve.</exception>
    public ServedModel Open() => ServedModel.Open(Path, new DetectionBatcherOptions
    {
        MaxBatchSize = options.BatchSize,
        MaxDelay = TimeSpan.FromMilliseconds(options.MaxDelayMilliseconds),
        QueueCapacity = options.QueueCapacity,
    });
}
