using ML.Yolo;

namespace Microsoft.ML;

/// <summary>Finds detectors in models.</summary>
public static class YoloModels
{
    /// <summary>The detector in a model: the model itself, or the one part of a chain, however deep, that is one.</summary>
    /// <param name="model">Any model, such as <c>mlContext.Model.Load</c> or <c>Fit</c> gives it.</param>
    /// <returns>The model's own part: what is changed in its <see cref="YoloTransformer.Scoring"/> is changed in the model.</returns>
    /// <exception cref="ArgumentException">The model holds no detector, or more than one.</exception>
    public static YoloTransformer Detector(this ITransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new DetectorChain(model).Detector;
    }
}
