using ML.Yolo.Networks;
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
    private readonly int? _height;
    private readonly int? _width;

    private ModelExport(YoloTransformer transformer, OnnxOptions options)
    {
        (_transformer, _options) = (transformer, options);
        _graph = new GraphBuilder(transformer.Network.Architecture.Name);
        _height = options.DynamicImageSize ? null : options.ImageHeight ?? transformer.ImageSize;
        _width = options.DynamicImageSize ? null : options.ImageWidth ?? transformer.ImageSize;
    }

    private int ClassCount => _transformer.ClassNames.Count;

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
        var head = Head(letterbox?.Write(_graph.AddInput("image", DataType.Uint8, "height", "width", 3)) ?? Input());
        switch (_options.Output)
        {
            case OnnxOutput.RawMaps:
                AddRawMaps(head);
                break;
            case OnnxOutput.Decoded:
                AddDecoded(head, letterbox);
                break;
            case OnnxOutput.Detections:
                AddDetections(head, letterbox);
                break;
            case OnnxOutput.Ultralytics:
                AddUltralytics(head);
                break;
            default:
                throw new ArgumentOutOfRangeException(
                    nameof(OnnxOptions.Output), $"Output is {_options.Output}; it must be one of {string.Join(", ", Enum.GetNames<OnnxOutput>())}.");
        }

        return Wrap(head);
    }

    private string Input()
        => _graph.AddInput("images", DataType.Float, Batch, 3, _height is { } height ? height : "height", _width is { } width ? width : "width");

    private HeadGraph Head(string images)
    {
        var isHalf = _options.Precision == OnnxPrecision.Half;
        _graph.Scope = "";
        var graph = new NetworkGraph(_graph, _transformer.Network, isHalf ? ScalarType.Float16 : ScalarType.Float32);
        var values = graph.Write(isHalf ? Cast(images, DataType.Float16) : images);
        _graph.Scope = "";
        var strides = _transformer.Network.Strides;
        LevelMap[] maps =
        [
            .. values.Select((value, i) => new LevelMap(isHalf ? Cast(value, DataType.Float) : value, strides[i], _height / strides[i], _width / strides[i])),
        ];
        return HeadGraph.Create(_graph, _transformer.Network.Head.CreateDecoder(), maps);
    }

    private void AddRawMaps(HeadGraph head)
    {
        foreach (var (i, map) in head.RawMaps().Index())
            _graph.AddOutput($"map{i}", map.Value, DataType.Float, [Batch, .. map.Dimensions]);
    }

    private void AddDecoded(HeadGraph head, LetterboxGraph? letterbox)
    {
        var decoded = head.Decode();
        var placed = letterbox?.CentresToImage(decoded.Boxes) ?? decoded.Boxes;
        var predictions = _graph.Add("Concat", [placed, decoded.Confidences], NodeAttribute.Integer("axis", 2));
        GraphDimension rows = head.PredictionCount is { } count ? count : "predictions";
        _graph.AddOutput("predictions", predictions, DataType.Float, Batch, rows, PredictionRows.BoxNumbers + head.ConfidenceCount);
    }

    private void AddDetections(HeadGraph head, LetterboxGraph? letterbox)
    {
        var scoring = _transformer.Scoring.Snapshot().Suppression;
        var suppression = new SuppressionGraph(_graph, new NmsOptions
        {
            ScoreThreshold = _options.ScoreThreshold ?? scoring.ScoreThreshold,
            IouThreshold = _options.IouThreshold ?? scoring.IouThreshold,
            MaxDetections = _options.MaxDetections ?? scoring.MaxDetections,
            MultiLabel = scoring.MultiLabel,
        }, ClassCount);
        var decoded = head.Decode();
        var (corners, scores, classes) = suppression.Write(decoded.Boxes, head.Scores(decoded.Confidences));
        var (detections, count) = suppression.Rows(letterbox?.CornersToImage(corners) ?? corners, scores, classes);
        var limit = _options.MaxDetections ?? scoring.MaxDetections;
        GraphDimension rows = head.PredictionCount is { } predictions ? Math.Min((long)limit, predictions * ClassCount) : "detections";
        _graph.AddOutput("detections", detections, DataType.Float, Batch, rows, 6);
        _graph.AddOutput("count", count, DataType.Int64, Batch);
    }

    private void AddUltralytics(HeadGraph head)
    {
        var decoded = head.Decode();
        var rows = _graph.Add("Concat", [decoded.Boxes, head.Scores(decoded.Confidences)], NodeAttribute.Integer("axis", 2));     // (B, N, 4 + C)
        var columns = _graph.Add("Transpose", [rows], NodeAttribute.Integers("perm", 0, 2, 1));
        GraphDimension count = head.PredictionCount is { } predictions ? predictions : "predictions";
        _graph.AddOutput("output0", columns, DataType.Float, Batch, PredictionRows.BoxNumbers + ClassCount, count);
    }

    private string Cast(string value, DataType type) => _graph.Add("Cast", [value], NodeAttribute.Integer("to", (long)type));

    private ModelProto Wrap(HeadGraph head)
    {
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "ML.Yolo",
            ProducerVersion = typeof(ModelExport).Assembly.GetName().Version!.ToString(3),
            Graph = _graph.Graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = OperatorSet });
        foreach (var (key, value) in ModelMetadata.Of(_transformer, _options, head, _height, _width))
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return model;
    }
}
