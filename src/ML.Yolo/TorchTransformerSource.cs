using Microsoft.ML.Runtime;
using ML.Yolo;
using ML.Yolo.Boxes;
using ML.Yolo.Devices;
using ML.Yolo.Interop;
using ML.Yolo.Persistence;
using ML.Yolo.Weights;
using static TorchSharp.torch;

[assembly: LoadableModel<YoloTransformer, TorchTransformerSource>("YOLO detector", ModelFormat.TorchLoader)]

namespace ML.Yolo;

/// <summary>Makes a detector on LibTorch of its zip.</summary>
internal sealed class TorchTransformerSource : IModelSource<YoloTransformer>
{
    /// <exception cref="WeightsFormatException">A part is missing or damaged; the message names it.</exception>
    /// <exception cref="TorchBackendException">LibTorch's native libraries, or the GPU asked for, are missing.</exception>
    public static YoloTransformer Load(IHostEnvironment environment, ModelReader reader)
    {
        TorchBackend.EnsureLoaded();
        var (manifest, weights) = ModelZip.Load(reader, ScoringEngine.LibTorch);
        var (options, history) = DetectorManifest.Read(manifest);
        using var scope = NewDisposeScope();
        var tensors = ModelZip.ParseWeights(weights, manifest);
        NetworkBound.Check(options.ChosenArchitecture, manifest.ClassNames.Count, tensors, ModelFormat.TorchWeightsName);
        var network = ModelManifest.Interpret(
            () => YoloNetwork.Create(options.ChosenArchitecture, manifest.ClassNames.Count, BoxCoding.Parse(manifest.Decoder)));
        try
        {
            NetworkState.Load(network, tensors, ModelFormat.TorchWeightsName);
            return new YoloTransformer(environment, network, manifest.ClassNames, options, history);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }
}
