using Microsoft.ML;

namespace ML.Yolo.Cli.Models;

/// <summary>A model zip, and the one detector in it.</summary>
internal sealed class ModelFile : IDisposable
{
    private ModelFile(string path, ITransformer model, YoloTransformer detector) => (FullPath, Model, Detector) = (path, model, detector);

    /// <summary>Full path.</summary>
    public string FullPath { get; }

    /// <summary>All that the zip holds.</summary>
    public ITransformer Model { get; }

    /// <summary>The detector.</summary>
    public YoloTransformer Detector { get; }

    /// <summary>Loads it.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FormatException">It is not a model, or holds no detector, or several.</exception>
    public static ModelFile Load(MLContext mlContext, string path)
    {
        if (!File.Exists(path))
            throw new UsageException($"--model '{path}' does not exist; a model.zip of ML.Yolo is expected.");
        var model = Read(mlContext, path);
        var detectors = Detectors(model).ToList();
        return detectors is [var detector]
            ? new ModelFile(Path.GetFullPath(path), model, detector)
            : throw new FormatException($"'{path}' holds {detectors.Count} detectors; a model with one was expected.");
    }

    /// <summary>The model with another detector in place of its own.</summary>
    public ITransformer With(YoloTransformer detector) => Replace(Model, detector);

    /// <inheritdoc/>
    public void Dispose() => (Model as IDisposable)?.Dispose();

    private static ITransformer Read(MLContext mlContext, string path)
    {
        try
        {
            return mlContext.Model.Load(path, out _);
        }
        catch (Exception exception) when (!IsClear(exception))
        {
            throw new FormatException($"'{path}' cannot be read as a model of ML.Yolo: {exception.Message}", exception);
        }
    }

    private static bool IsClear(Exception exception) => exception is IOException or UnauthorizedAccessException
        or TorchBackendException or OnnxBackendException or PackageVersionException;

    private static IEnumerable<YoloTransformer> Detectors(ITransformer model) => model switch
    {
        YoloTransformer detector => [detector],
        IEnumerable<ITransformer> chain => chain.SelectMany(Detectors),
        _ => [],
    };

    private static ITransformer Replace(ITransformer model, YoloTransformer detector) => model switch
    {
        YoloTransformer => detector,
        IEnumerable<ITransformer> chain => new Microsoft.ML.Data.TransformerChain<ITransformer>([.. chain.Select(part => Replace(part, detector))]),
        _ => model,
    };
}
