using ML.Yolo;

namespace WebDemo;

/// <summary>A detector that answers requests, and the file it was loaded from.</summary>
internal sealed class ServedModel : IAsyncDisposable
{
    private ServedModel(FileStamp stamp, YoloDetector detector, DetectionBatcher batcher)
        => (Stamp, Detector, Batcher, LoadedAt) = (stamp, detector, batcher, DateTimeOffset.UtcNow);

    public FileStamp Stamp { get; }

    public YoloDetector Detector { get; }

    public DetectionBatcher Batcher { get; }

    public DateTimeOffset LoadedAt { get; }

    /// <summary>Loads a model whole; whatever goes wrong, nothing is left of it.</summary>
    /// <exception cref="ModelException">The file is not a model that this program can serve; the message says what to do.</exception>
    public static ServedModel Open(string path, DetectionBatcherOptions options)
    {
        var stamp = FileStamp.Of(path) ?? throw new ModelException(
            $"There is no model at '{Path.GetFullPath(path)}'. Name one with --model, or make one: dotnet run -c Release --project samples/Quickstart "
            + $"trains a detector in a few minutes and writes {WebDemoOptions.DefaultModel}.");
        if (LibTorchModel.IsOne(path) && !LibTorchModel.CanBeServed)
            throw NeedsLibTorch(path, cause: null);
        try
        {
            var detector = YoloDetector.Load(path);
            try
            {
                return new ServedModel(stamp, detector, new DetectionBatcher(detector, options));
            }
            catch
            {
                detector.Dispose();
                throw;
            }
        }
        catch (TorchBackendException exception)
        {
            throw NeedsLibTorch(path, exception);
        }
        catch (OnnxBackendException exception)
        {
            throw new ModelException(exception.Message, exception);
        }
        catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException or ArgumentException
            or InvalidOperationException or NotSupportedException)
        {
            throw new ModelException($"'{path}' cannot be served: {exception.Message}", exception);
        }
    }

    /// <summary>Finishes what was accepted, then frees the network.</summary>
    public async ValueTask DisposeAsync()
    {
        await Batcher.DisposeAsync();
        Detector.Dispose();
    }

    private static ModelException NeedsLibTorch(string path, Exception? cause) => new(
        $"'{path}' scores with LibTorch, which is not part of this program. Serve a model saved from ToOnnxRuntime (the Quickstart's model-onnx.zip is one; "
        + "docs/deployment.md shows the two lines), or build with LibTorch: dotnet run -c Release --project samples/WebDemo -p:UsesTorch=true.",
        cause);
}
