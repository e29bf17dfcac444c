using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>A small random problem, in double: predictions of a few layers, a direction in their space, targets and anchors.</summary>
internal sealed class RandomLossInput
{
    private readonly Random _random;

    public RandomLossInput(int seed)
    {
        _random = new Random(seed);
        var layers = _random.Next(2, 5);
        ClassCount = _random.Next(1, 5);
        BatchSize = _random.Next(1, 4);
        var (height, width) = (_random.Next(1, 3) << (layers - 1), _random.Next(1, 3) << (layers - 1));
        var anchorCount = _random.Next(1, 4);
        Anchors = tensor(Numbers(layers * anchorCount * 2, 0.3, 4)).view(layers, anchorCount, 2).to(ScalarType.Float32);
        Predictions = [.. Enumerable.Range(0, layers).Select(i => Normal(BatchSize, anchorCount, height >> i, width >> i, 5 + ClassCount).requires_grad_())];
        Directions = [.. Predictions.Select(map => Normal(map.shape))];
        TargetRows = [.. Enumerable.Range(0, _random.Next(0, 9)).Select(_ => Target())];
    }

    public int ClassCount { get; }

    public int BatchSize { get; }

    /// <summary>(L, A, 2) in cells, exact in single.</summary>
    public Tensor Anchors { get; }

    /// <summary>Per layer (B, A, H, W, 5 + C), standard normal.</summary>
    public Tensor[] Predictions { get; }

    public Tensor[] Directions { get; }

    /// <summary>Rows of image, class, cx, cy, w, h.</summary>
    public double[][] TargetRows { get; set; }

    public Tensor Targets => TargetRows.Length == 0 ? zeros(0, 6, ScalarType.Float64) : stack(TargetRows.Select(row => tensor(row)));

    public YoloV5LossOptions V5Options() => new()
    {
        BoxWeight = Weight(),
        ObjectnessWeight = Weight(),
        ClassWeight = Weight(),
        AnchorThreshold = 1.5f + (4 * _random.NextSingle()),
        LayerBalance = [.. Predictions.Select(_ => Weight())],
        AutoBalance = _random.Next(2) == 0,
        LabelSmoothing = _random.Next(2) * 0.2f * _random.NextSingle(),
        LabelSmoothingRule = ClassCount > 1 && _random.Next(2) == 0 ? LabelSmoothingRule.Uniform : LabelSmoothingRule.Ultralytics,
        FocalGamma = _random.Next(2) * 1.5f,
        ClassPositiveWeight = 0.5f + _random.NextSingle(),
        ObjectnessPositiveWeight = 0.5f + _random.NextSingle(),
        ObjectnessIouRatio = _random.Next(2) == 0 ? 1 : _random.NextSingle(),
        SortObjectnessByIou = _random.Next(2) == 0,
        BoxIou = (BoxIouKind)_random.Next(4),
    };

    public YoloV3LossOptions V3Options() => new()
    {
        BoxWeight = Weight(),
        ObjectnessWeight = Weight(),
        NoObjectWeight = Weight(),
        ClassWeight = Weight(),
        IouThreshold = _random.NextSingle() / 2,
        IgnoreThreshold = _random.NextSingle(),
        LabelSmoothing = _random.Next(2) * 0.2f * _random.NextSingle(),
    };

    /// <summary>Anchors of a layer as rows of width and height.</summary>
    public double[][] AnchorRows(int layer) => Rows(Anchors[layer].to(ScalarType.Float64));

    public static double[][] Rows(Tensor matrix) => [.. matrix.data<double>().ToArray().Chunk((int)matrix.shape[1])];

    private double[] Target()
    {
        var (w, h) = (0.05 + (0.6 * _random.NextDouble()), 0.05 + (0.6 * _random.NextDouble()));
        return [_random.Next(BatchSize), _random.Next(ClassCount), _random.NextDouble(), _random.NextDouble(), w, h];
    }

    private float Weight() => 0.1f + _random.NextSingle();

    private double[] Numbers(long count, double low, double high) => [.. Enumerable.Range(0, (int)count).Select(_ => low + ((high - low) * _random.NextDouble()))];

    private Tensor Normal(params long[] shape)
    {
        // The sum of twelve uniform numbers, less six: near enough to normal, and the same on every machine.
        var values = Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(_ => Enumerable.Range(0, 12).Sum(_ => _random.NextDouble()) - 6).ToArray();
        return tensor(values).view(shape);
    }
}
