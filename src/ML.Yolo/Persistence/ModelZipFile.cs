using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.ML;
using ML.Yolo.Interop;
using ML.Yolo.Weights;

namespace ML.Yolo.Persistence;

/// <summary>An ML.NET model zip as a file: bounded before ML.NET unpacks anything of it, and with its faults told without ML.NET's wrapping.</summary>
internal static class ModelZipFile
{
    /// <summary>Loads the model.</summary>
    /// <param name="mlContext">Log, device and fallback.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="WeightsFormatException">It is not a model zip, or is damaged; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ITransformer Load(MLContext mlContext, string path)
    {
        using (var file = File.OpenHandle(path))
        {
            foreach (var entry in ZipDirectory.Read(file, path).Entries)
            {
                if (PackedSize.Problem(entry.Name, entry.Length, entry.UnpackedLength) is { } problem)
                    throw new WeightsFormatException($"'{path}': {problem}");
            }
        }

        try
        {
            return TransformerFile.Load(mlContext, path);
        }
        catch (Exception exception) when (Root(exception) is var root)
        {
            // What the library itself says stays as it says it: that a package is missing or too old, that there is no memory or no GPU.
            if (root is not FormatException && root.GetType().Assembly == typeof(ModelZipFile).Assembly)
                ExceptionDispatchInfo.Throw(root);
            if (root is OutOfMemoryException || (root is IOException && root is not EndOfStreamException))
                ExceptionDispatchInfo.Throw(root);
            throw new WeightsFormatException($"'{path}' is not a model zip that can be loaded: {root.Message}", exception);
        }
    }

    /// <summary>ML.NET creates components by reflection, within one another.</summary>
    private static Exception Root(Exception exception)
    {
        while (exception is TargetInvocationException or InvalidOperationException && exception.InnerException is { } inner)
            exception = inner;
        return exception;
    }
}
