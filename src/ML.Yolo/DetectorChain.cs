using Microsoft.ML;

namespace ML.Yolo;

/// <summary>A model that has one detector in it, wherever in a chain of transformers it stands.</summary>
internal sealed class DetectorChain
{
    private readonly ITransformer _model;

    /// <param name="model">A detector, or a chain with one, however deep.</param>
    /// <exception cref="ArgumentException">There is no detector in the model, or more than one.</exception>
    public DetectorChain(ITransformer model)
    {
        var parts = Parts(model).ToList();
        var detectors = parts.OfType<YoloTransformer>().ToList();
        if (detectors.Count != 1)
        {
            throw new ArgumentException(
                $"The model holds {detectors.Count} detectors; exactly one {nameof(YoloTransformer)} was expected, by itself or in a chain. It is made of: "
                + $"{(parts.Count > 0 ? string.Join(", ", parts.Select(part => part.GetType().Name)) : "nothing")}.",
                nameof(model));
        }

        (_model, Detector) = (model, detectors[0]);
    }

    /// <summary>The detector.</summary>
    public YoloTransformer Detector { get; }

    /// <summary>Scores as the model does, but for other scoring options of its detector, which stays as it is.</summary>
    public IDataView Transform(IDataView data, ScoringOptions scoring) => Transform(_model, data, scoring);

    private static IDataView Transform(ITransformer model, IDataView data, ScoringOptions scoring) => model switch
    {
        YoloTransformer detector => detector.Transform(data, scoring),
        IEnumerable<ITransformer> chain => chain.Aggregate(data, (rows, part) => Transform(part, rows, scoring)),
        _ => model.Transform(data),
    };

    private static IEnumerable<ITransformer> Parts(ITransformer model) => model is IEnumerable<ITransformer> chain ? chain.SelectMany(Parts) : [model];
}
