using Microsoft.ML;
using ML.Yolo.Boxes;
using ML.Yolo.Devices;
using ML.Yolo.Interop;
using ML.Yolo.Persistence;
using ML.Yolo.Weights;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>Makes a model of a file of any kind that holds a detector.</summary>
internal static class DetectorFile
{
    private const string OnnxReader = "ML.Yolo.Onnx.OnnxFileReader, ML.Yolo.Onnx";

    /// <param name="mlContext">Log, device and fallback.</param>
    /// <param name="path">The file.</param>
    /// <param name="architecture">The network, where the file does not say it.</param>
    /// <param name="classNames">Names of the classes, where the file does not say them.</param>
    /// <param name="options">Columns, image size and scoring of a file that is not a model zip.</param>
    /// <exception cref="ArgumentException">The file says less than is needed, or has no use for what is given; the message says which.</exception>
    public static ITransformer Load(
        MLContext mlContext, string path, YoloArchitecture? architecture, IReadOnlyList<string>? classNames, YoloTrainer.Options? options)
    {
        switch (WeightsFile.KindOf(path))
        {
            case ModelFileKind.ModelZip:
                Refuse(path, "a model zip", (nameof(architecture), architecture), (nameof(classNames), classNames), (nameof(options), options));
                return ModelZipFile.Load(mlContext, path);
            case ModelFileKind.Onnx:
                Refuse(path, "an ONNX file", (nameof(classNames), classNames));
                return ExportedReader(path).Read(mlContext.Environment(), path, architecture, options);
            default:
                return LoadWeights(mlContext, path, architecture, classNames, options);
        }
    }

    private static YoloTransformer LoadWeights(
        MLContext mlContext, string path, YoloArchitecture? architecture, IReadOnlyList<string>? classNames, YoloTrainer.Options? options)
    {
        var description = WeightsFile.Describe(path);
        architecture ??= Known(description.Architecture) ?? ReadOff(path) ?? throw new ArgumentException(
            $"'{path}' names {(description.Architecture is { } name ? $"the architecture '{name}', which the library does not have" : "no architecture")}; "
            + "give it as an argument.", nameof(architecture));
        classNames ??= description.ClassNames ?? throw new ArgumentException(
            $"'{path}' does not name its classes; give their names as an argument, in the order of the network's outputs.", nameof(classNames));
        var settings = options?.Copy() ?? new YoloTrainer.Options();
        if (options is null && description.ImageSize is { } size)
            settings.ImageSize = size;
        var coding = description.BoxCoding is { } saved ? ModelManifest.Interpret(() => BoxCoding.Parse(saved)) : null;
        return new YoloWeightsEstimator(mlContext.Environment(), path, architecture, classNames, settings).Load(coding);
    }

    /// <summary>The architecture by the names and shapes of the tensors; null where it is none of the library's.</summary>
    private static YoloArchitecture? ReadOff(string path)
    {
        TorchBackend.EnsureLoaded();
        using var scope = NewDisposeScope();
        return WeightsArchitecture.Of(WeightsFile.Load(path).Tensors);
    }

    private static YoloArchitecture? Known(string? name)
        => YoloArchitecture.All.FirstOrDefault(known => string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="NotSupportedException">The program does not reference ML.Yolo.Onnx.</exception>
    private static IExportedFileReader ExportedReader(string path) => Type.GetType(OnnxReader, throwOnError: false) is { } reader
        ? (IExportedFileReader)Activator.CreateInstance(reader)!
        : throw new NotSupportedException(
            $"'{path}' is an ONNX file. Reference the package ML.Yolo.Onnx, and Microsoft.ML.OnnxRuntime or Microsoft.ML.OnnxRuntime.Gpu, to score with it.");

    private static void Refuse(string path, string kind, params (string Name, object? Value)[] arguments)
    {
        foreach (var (name, value) in arguments)
        {
            if (value is not null)
                throw new ArgumentException($"'{path}' is {kind}, which says this itself: leave {name} out.", name);
        }
    }
}
