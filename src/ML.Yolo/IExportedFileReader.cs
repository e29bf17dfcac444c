using Microsoft.ML.Runtime;

namespace ML.Yolo;

/// <summary>Makes a detector of an exported file. ML.Yolo.Onnx has the one there is; this library does not reference it, and finds it by its name.</summary>
internal interface IExportedFileReader
{
    /// <param name="environment">Says which device to score on.</param>
    /// <param name="path">The file.</param>
    /// <param name="architecture">The network, where the file names one that the library does not know.</param>
    /// <param name="options">Columns and scoring; the defaults where omitted.</param>
    YoloTransformer Read(IHostEnvironment environment, string path, YoloArchitecture? architecture, YoloTrainer.Options? options);
}
