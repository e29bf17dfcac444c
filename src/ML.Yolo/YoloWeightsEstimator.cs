using Microsoft.ML;
using Microsoft.ML.Runtime;
using ML.Yolo.Boxes;
using ML.Yolo.Columns;
using ML.Yolo.Devices;
using ML.Yolo.Interop;
using ML.Yolo.Persistence;
using ML.Yolo.Weights;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>Makes a detector of given weights. It fits nothing: of the data it looks at the schema alone.</summary>
internal sealed class YoloWeightsEstimator : IEstimator<YoloTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly string _weightsPath;
    private readonly string[] _classNames;
    private readonly YoloTrainer.Options _options;
    private readonly DetectionColumns _columns;

    public YoloWeightsEstimator(
        IHostEnvironment environment, string weightsPath, YoloArchitecture architecture, IReadOnlyList<string> classNames, YoloTrainer.Options options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(weightsPath);
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(classNames);
        if (classNames.Count == 0 || classNames.Any(string.IsNullOrWhiteSpace))
            throw new ArgumentException("classNames holds no name, or an empty one; it must name every class.", nameof(classNames));
        if (classNames.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } repeated)
            throw new ArgumentException($"classNames holds '{repeated.Key}' twice; every class needs a name of its own.", nameof(classNames));
        (_environment, _weightsPath, _classNames, _options) = (environment, weightsPath, [.. classNames], options.Copy());
        _options.Architecture = architecture;
        _options.Check();
        _options.Loss = _options.ChosenLoss;
        _columns = new DetectionColumns(_options.Columns);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _columns.CheckImage(inputSchema);
        return _columns.Output(inputSchema);
    }

    /// <exception cref="ArgumentOutOfRangeException">The image column is absent or of another type.</exception>
    /// <exception cref="WeightsFormatException">The weights are damaged or of another network.</exception>
    /// <exception cref="IOException">The weights cannot be read.</exception>
    public YoloTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _columns.CheckImage(SchemaColumn.ShapeOf(input.Schema));
        return Load(coding: null);
    }

    /// <summary>Makes the detector without looking at any data.</summary>
    /// <param name="coding">How logits become boxes; the loss's of the options where omitted.</param>
    /// <inheritdoc cref="Fit"/>
    public YoloTransformer Load(BoxCoding? coding)
    {
        TorchBackend.EnsureLoaded();
        using var scope = NewDisposeScope();
        var tensors = WeightsFile.Load(_weightsPath).Tensors;
        if (!_options.AllowPartialWeights)
            NetworkBound.Check(_options.ChosenArchitecture, _classNames.Length, tensors, _weightsPath);
        var network = YoloNetwork.Create(_options.ChosenArchitecture, _classNames.Length, coding ?? _options.ChosenLoss.BoxCoding);
        try
        {
            NetworkState.Load(network, Wanted(tensors, network), _weightsPath);
            return new YoloTransformer(_environment, network, _classNames, _options);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private IReadOnlyDictionary<string, Tensor> Wanted(IReadOnlyDictionary<string, Tensor> tensors, YoloNetwork network)
    {
        if (!_options.AllowPartialWeights)
            return tensors;
        var known = network.state_dict();
        return NetworkState.ByOwnNames(known.Keys, tensors).Where(tensor => known.ContainsKey(tensor.Key)).ToDictionary();
    }
}
