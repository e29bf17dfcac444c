using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.ML;
using ML.Yolo.Cli.Terminal;

namespace ML.Yolo.Cli.Models;

/// <summary>A file with one detector: a model zip, or what says all about itself beside it.</summary>
internal sealed class ModelFile : IDisposable
{
    private readonly IDisposable? _owned;

    private ModelFile(string path, ITransformer model, YoloTransformer detector, IDisposable? owned)
        => (FullPath, Model, Detector, _owned) = (path, model, detector, owned);

    /// <summary>Full path.</summary>
    public string FullPath { get; }

    /// <summary>All that a zip holds; the detector of any other file.</summary>
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
        return IsZip(path) ? LoadZip(mlContext, path) : LoadDetector(mlContext, path);
    }

    /// <summary>The model with another detector in place of its own.</summary>
    public ITransformer With(YoloTransformer detector) => Replace(Model, detector);

    /// <inheritdoc/>
    public void Dispose() => _owned?.Dispose();

    private static bool IsZip(string path) => Path.GetExtension(path).Equals(".zip", StringComparison.OrdinalIgnoreCase);

    private static ModelFile LoadZip(MLContext mlContext, string path)
    {
        var model = Read(mlContext, path);
        var detectors = Detectors(model).ToList();
        return detectors is [var detector]
            ? new ModelFile(Path.GetFullPath(path), model, detector, model as IDisposable)
            : throw new FormatException($"'{path}' holds {detectors.Count} detectors; a model with one was expected.");
    }

    /// <summary>An ONNX file of the library, weights that name their network and classes, or a model of another name.</summary>
    private static ModelFile LoadDetector(MLContext mlContext, string path)
    {
        try
        {
            var detector = YoloDetector.Load(path, mlContext);
            return new ModelFile(Path.GetFullPath(path), detector.Model, detector.Model, detector);
        }
        catch (ArgumentException exception)
        {
            throw new FormatException(
                $"{PlainMessage.Of(exception)} The tool takes what says all about itself: a model.zip, weights of 'mlyolo export --format safetensors' or of "
                + "Ultralytics with the model in them, or an ONNX file of this tool.",
                exception);
        }
        catch (NotSupportedException exception)
        {
            throw new FormatException(exception.Message, exception);
        }
    }

    private static ITransformer Read(MLContext mlContext, string path)
    {
        try
        {
            return mlContext.Model.Load(path, out _);
        }
        catch (Exception exception)
        {
            var cause = Cause(exception);
            if (!IsClear(cause))
                throw new FormatException($"'{path}' cannot be read as a model of ML.Yolo: {cause.Message}", exception);
            ExceptionDispatchInfo.Throw(cause);
            throw;
        }
    }

    // ML.NET makes the parts of a model by reflection.
    private static Exception Cause(Exception exception) => exception is TargetInvocationException { InnerException: { } inner } ? Cause(inner) : exception;

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
