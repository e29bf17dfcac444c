using ML.Yolo;
using ML.Yolo.Interop;

namespace Microsoft.ML;

/// <summary>Makes YOLO detectors of given weights.</summary>
public static class YoloWeightsCatalog
{
    /// <summary>
    /// A detector of given weights, for those who only want to detect. Its <c>Fit</c> learns nothing and needs no label: it reads the weights.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="weightsPath">
    /// A PyTorch checkpoint (.pt), safetensors, or a model zip of this library. It may hold nothing but the network's tensors, by their names.
    /// </param>
    /// <param name="architecture">The network the weights are for.</param>
    /// <param name="classNames">Names of the classes in the order of the network's outputs.</param>
    /// <param name="options">Columns, image size, box coding (by the loss) and scoring; the defaults where omitted. Its architecture is ignored.</param>
    /// <exception cref="ArgumentException">There is no class, or an option is out of range; the message names it.</exception>
    /// <remarks>
    /// <c>Fit</c> throws <see cref="WeightsFormatException"/> where the weights are damaged or of another network, and lists what does not match. With
    /// <see cref="YoloTrainer.Options.AllowPartialWeights"/> tensors that the network does not have are passed over; those it has must all be there.
    /// </remarks>
    public static IEstimator<YoloTransformer> LoadYolo(
        this TransformsCatalog catalog,
        string weightsPath,
        YoloArchitecture architecture,
        IReadOnlyList<string> classNames,
        YoloTrainer.Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new YoloWeightsEstimator(catalog.Environment(), weightsPath, architecture, classNames, options ?? new YoloTrainer.Options());
    }
}
