using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>A small random problem for heads without anchors, in double: maps of a few layers, a direction in their space, and targets.</summary>
internal sealed class RandomPointInput
{
    private const int BoxChannels = 64;

    private readonly Random _random;

    public RandomPointInput(int seed)
    {
        _random = new Random(seed);
        var layers = _random.Next(1, 4);
        ClassCount = _random.Next(1, 5);
        BatchSize = _random.Next(1, 4);
        Strides = [.. Enumerable.Range(0, layers).Select(i => 8 << i)];
        var (height, width) = (_random.Next(1, 4) << (layers - 1), _random.Next(1, 4) << (layers - 1));
        Maps = [.. Enumerable.Range(0, layers).Select(i => (Normal(BatchSize, BoxChannels + ClassCount, height >> i, width >> i) + Tilt()).requires_grad_())];
        Directions = [.. Maps.Select(map => Normal(map.shape))];
        TargetRows = [.. Enumerable.Range(0, _random.Next(0, 9)).Select(_ => Target())];
    }

    public int ClassCount { get; }

    public int BatchSize { get; }

    public int[] Strides { get; }

    /// <summary>Per layer (B, 64 + C, H, W).</summary>
    public Tensor[] Maps { get; }

    public Tensor[] Directions { get; }

    /// <summary>Rows of image, class, cx, cy, w, h.</summary>
    public double[][] TargetRows { get; set; }

    public Tensor Targets => TargetRows.Length == 0 ? zeros(0, 6, ScalarType.Float64) : stack(TargetRows.Select(row => tensor(row)));

    public YoloV8LossOptions Options() => new()
    {
        BoxWeight = Weight(),
        ClassWeight = Weight(),
        DistributionWeight = Weight(),
        TopCandidates = _random.Next(1, 14),
        ScoreExponent = _random.NextSingle(),
        IouExponent = 6 * _random.NextSingle(),
        LabelSmoothing = _random.Next(2) * 0.2f * _random.NextSingle(),
        LabelSmoothingRule = ClassCount > 1 && _random.Next(2) == 0 ? LabelSmoothingRule.Uniform : LabelSmoothingRule.Ultralytics,
        FocalGamma = _random.Next(2) * 1.5f,
        ClassPositiveWeight = 0.5f + _random.NextSingle(),
        BoxIou = (BoxIouKind)_random.Next(4),
    };

    public YoloV8Loss Loss(YoloV8LossOptions options) => new(Strides, ClassCount, options);

    private double[] Target()
    {
        var (w, h) = (0.05 + (0.9 * _random.NextDouble()), 0.05 + (0.9 * _random.NextDouble()));
        return [_random.Next(BatchSize), _random.Next(ClassCount), _random.NextDouble(), _random.NextDouble(), w, h];
    }

    private float Weight() => 0.1f + _random.NextSingle();

    /// <summary>Makes near bins likelier than far ones, so that boxes are about as large as targets: (1, 64 + C, 1, 1).</summary>
    private Tensor Tilt()
    {
        var slope = 2 * _random.NextDouble();
        var bins = arange(16, ScalarType.Float64).mul(-slope).repeat(4);
        return cat([bins, zeros(ClassCount, ScalarType.Float64)]).view(1, -1, 1, 1);
    }

    private Tensor Normal(params long[] shape)
    {
        // The sum of twelve uniform numbers, less six: near enough to normal, and the same on every machine.
        var values = Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(_ => Enumerable.Range(0, 12).Sum(_ => _random.NextDouble()) - 6).ToArray();
        return tensor(values).view(shape);
    }
}
