using System.Runtime.InteropServices;
using ML.Yolo.Onnx.Schema;
using static ML.Yolo.Onnx.Schema.TensorProto.Types;
using static TorchSharp.torch;

namespace ML.Yolo.Onnx.Graphs;

/// <summary>Builds the model of a detector: letterbox where wanted, network, decoding, suppression where wanted.</summary>
internal sealed class ModelExport
{
    /// <summary>Operator set. 18 is the first whose Resize shrinks without aliasing.</summary>
    public const int OperatorSet = 18;

    private const int IrVersion = 8;

    private readonly YoloTransformer _transformer;
    private readonly OnnxOptions _options;
    private readonly GraphBuilder _graph;
    private readonly BoxDecoding _decoding;
    private readonly int? _height;
    private readonly int? _width;

    private ModelExport(YoloTransformer transformer, OnnxOptions options)
    {
        (_transformer, _options) = (transformer, options);
        _graph = new GraphBuilder(transformer.Network.Architecture.Name);
        _decoding = new BoxDecoding(_graph, transformer.Options.Loss.BoxCoding, Channels);
        _height = options.DynamicImageSize ? null : options.ImageHeight ?? transformer.Options.ImageSize;
        _width = options.DynamicImageSize ? null : options.ImageWidth ?? transformer.Options.ImageSize;
    }

    private int ClassCount => _transformer.ClassNames.Count;

    private int Channels => 5 + ClassCount;

    private GraphDimension Batch => _options.BatchSize is { } size ? size : "batch";

    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static ModelProto Build(YoloTransformer transformer, OnnxOptions options)
    {
        options.Check(transformer.Network.Strides[^1]);
        return new ModelExport(transformer, options).Build();
    }

    private ModelProto Build()
    {
        using var scope = NewDisposeScope();
        var letterbox = _options.IncludePreprocessing ? new LetterboxGraph(_graph, _height!.Value, _width!.Value) : null;
        var heads = Heads(letterbox?.Write(_graph.AddInput("image", DataType.Uint8, "height", "width", 3)) ?? Input());
        switch (_options.Output)
        {
            case OnnxOutput.RawMaps:
                AddRawMaps(heads);
                break;
            case OnnxOutput.Decoded:
                AddDecoded(heads, letterbox);
                break;
            case OnnxOutput.Detections:
                AddDetections(heads, letterbox);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(OnnxOptions.Output), _options.Output, $"Output is {_options.Output}; it must be one of {string.Join(", ", Enum.GetNames<OnnxOutput>())}.");
        }

        return Wrap(heads);
    }

    private string Input() => _graph.AddInput("images", DataType.Float, Batch, 3, _height is { } height ? height : "height", _width is { } width ? width : "width");

    private GraphHead[] Heads(string images)
    {
        var isHalf = _options.Precision == OnnxPrecision.Half;
        _graph.Scope = "";
        var maps = new NetworkGraph(_graph, _transformer.Network, isHalf ? ScalarType.Float16 : ScalarType.Float32).Write(isHalf ? Cast(images, DataType.Float16) : images);
        _graph.Scope = "";
        return [.. maps.Select((map, i) => Head(isHalf ? Cast(map, DataType.Float) : map, i))];
    }

    private GraphHead Head(string map, int layer)
    {
        var stride = _transformer.Network.Strides[layer];
        using var pixels = (_transformer.Network.Anchors[layer] * stride).to(ScalarType.Float32).cpu().contiguous();
        return new GraphHead(map, stride, MemoryMarshal.Cast<byte, float>(pixels.bytes).ToArray(), _height / stride, _width / stride);
    }

    private void AddRawMaps(GraphHead[] heads)
    {
        for (var i = 0; i < heads.Length; i++)
        {
            var head = heads[i];
            _graph.AddOutput($"map{i}", _decoding.RawMap(head), DataType.Float,
                Batch, head.AnchorCount, head.Height is { } height ? height : $"height{i}", head.Width is { } width ? width : $"width{i}", Channels);
        }
    }

    private void AddDecoded(GraphHead[] heads, LetterboxGraph? letterbox)
    {
        var (boxes, probabilities) = _decoding.Write(heads);
        var placed = letterbox?.CentresToImage(boxes) ?? boxes;
        var predictions = _graph.Add("Concat", [placed, probabilities], NodeAttribute.Integer("axis", 2));
        _graph.AddOutput("predictions", predictions, DataType.Float, Batch, PredictionCount(heads) is { } count ? count : "predictions", Channels);
    }

    private void AddDetections(GraphHead[] heads, LetterboxGraph? letterbox)
    {
        var scoring = _transformer.Options;
        var suppression = new SuppressionGraph(_graph, new NmsOptions
        {
            ScoreThreshold = _options.ScoreThreshold ?? scoring.ScoreThreshold,
            IouThreshold = _options.IouThreshold ?? scoring.IouThreshold,
            MaxDetections = _options.MaxDetections ?? scoring.MaxDetections,
            MultiLabel = scoring.MultiLabel,
        }, ClassCount);
        var (boxes, probabilities) = _decoding.Write(heads);
        var (corners, scores, classes) = suppression.Write(boxes, probabilities);
        var (detections, count) = suppression.Rows(letterbox?.CornersToImage(corners) ?? corners, scores, classes);
        var limit = _options.MaxDetections ?? scoring.MaxDetections;
        GraphDimension rows = PredictionCount(heads) is { } predictions ? Math.Min((long)limit, predictions * ClassCount) : "detections";
        _graph.AddOutput("detections", detections, DataType.Float, Batch, rows, 6);
        _graph.AddOutput("count", count, DataType.Int64, Batch);
    }

    private static long? PredictionCount(GraphHead[] heads)
        => heads.All(head => head.Height is not null) ? heads.Sum(head => (long)head.AnchorCount * head.Height!.Value * head.Width!.Value) : null;

    private string Cast(string value, DataType type) => _graph.Add("Cast", [value], NodeAttribute.Integer("to", (long)type));

    private ModelProto Wrap(GraphHead[] heads)
    {
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "ML.Yolo",
            ProducerVersion = typeof(ModelExport).Assembly.GetName().Version!.ToString(3),
            Graph = _graph.Graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = OperatorSet });
        foreach (var (key, value) in ModelMetadata.Of(_transformer, _options, heads, _height, _width))
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return model;
    }
}
