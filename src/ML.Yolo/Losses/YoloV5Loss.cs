using System.Numerics;
using ML.Yolo.Boxes;
using ML.Yolo.Losses;
using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>The YOLOv5 loss: anchors matched by size ratio, boxes by CIoU, objectness by the IoU reached, classes by cross-entropy.</summary>
/// <remarks>
/// Terms, each summed over the layers and weighted: "box", the mean of 1 − CIoU over the built targets; "obj", the binary cross-entropy of every prediction
/// against the IoU of its built target (0 where there is none), times the layer's balance; "cls", the binary cross-entropy of the built targets' classes
/// (0 with one class). Equal to YOLOv5 v7.0. A target of zero width or height matches no anchor and adds nothing.
/// </remarks>
public sealed class YoloV5Loss : AnchorLoss
{
    private const double BalanceMemory = 0.9999;

    // A layer that has nothing left to learn must not outweigh the others without bound.
    private const double SmallestBalancedLoss = 1e-6;

    private static readonly string[] Names = ["box", "obj", "cls"];

    private readonly YoloV5LossOptions _options;
    private readonly BinaryCrossEntropy _objectness;
    private readonly BinaryCrossEntropy _classes;
    private readonly float[] _initialBalance;
    private Tensor? _balance;

    /// <summary>Makes the loss.</summary>
    /// <param name="anchors">(L, A, 2): widths and heights in cells of the layer, finest layer first.</param>
    /// <param name="options">Weights and thresholds; the reference's where omitted.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the anchors are not (L, A, 2) positive numbers.</exception>
    public YoloV5Loss(Tensor anchors, YoloV5LossOptions? options = null)
        : base(anchors, options = (YoloV5LossOptions)(options ?? new YoloV5LossOptions()).Copy(), new AnchorRatioAssigner(options.AnchorThreshold))
    {
        _options = options;
        _objectness = new BinaryCrossEntropy(options.ObjectnessPositiveWeight, options.FocalGamma);
        _classes = new BinaryCrossEntropy(options.ClassPositiveWeight, options.FocalGamma);
        _initialBalance = options.BalanceOf(LayerCount);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> TermNames => Names;

    /// <summary>
    /// The layers' objectness weights now: the option's, or with <see cref="YoloV5LossOptions.AutoBalance"/> what they have become. Reading waits for the
    /// device.
    /// </summary>
    public IReadOnlyList<double> LayerBalance
        => _balance is null ? Array.ConvertAll(_initialBalance, weight => (double)weight) : _balance.cpu().data<double>().ToArray();

    internal override void ComputeNothing()
    {
        using var scope = NewDisposeScope();
        MeanWeights(0, new long[LayerCount]);
        if (_options.AutoBalance)
            Adapt(Balance(CPU), WholeBatch(zeros(LayerCount), images: 0));
    }

    internal override IReadOnlyDictionary<string, Tensor> State => _balance is null ? base.State : new Dictionary<string, Tensor> { ["balance"] = _balance };

    internal override void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        _balance?.Dispose();
        _balance = state.TryGetValue("balance", out var balance) ? balance.clone().DetachFromDisposeScope() : null;
    }

    private protected override Dictionary<string, Tensor> ComputeTerms(IReadOnlyList<Tensor> maps, IReadOnlyList<LayerTargets> layers)
    {
        var type = WorkingType(maps[0]);
        var box = zeros([], type, maps[0].device);
        var classes = zeros([], type, maps[0].device);
        var objectness = new Tensor[LayerCount];
        var weights = MeanWeights(maps[0].shape[0], layers.Select(layer => (long)layer.Count));
        for (var i = 0; i < LayerCount; i++)
        {
            var logits = maps[i];
            var (layer, classCount) = (layers[i], AnchorChannels.ClassCount(logits.shape[4]));
            var wanted = zeros(logits.shape[..4], type, logits.device);                             // (B, A, H, W)
            if (layer.Count > 0)
            {
                var flat = layer.FlatIndex(logits.shape[1], logits.shape[2], logits.shape[3]);      // (M)
                var rows = layer.RowsOf(logits).to(type);                                           // (M, 5 + C)
                var iou = Overlap(rows, layer);                                                     // (M)
                box = box.Plus(Weighted(iou.Complement().mean(), weights[i]));
                SetObjectness(wanted, flat, iou.detach());
                if (classCount > 1)
                    classes = classes.Plus(Weighted(ClassTerm(rows.narrow(1, AnchorChannels.FirstClass, classCount), layer.Classes), weights[i]));
            }

            objectness[i] = _objectness.Mean(logits.select(4, AnchorChannels.Objectness).to(type), wanted);
        }

        return new()
        {
            ["box"] = box.Times(_options.BoxWeight),
            ["obj"] = Balanced(stack(objectness), maps[0].shape[0]).Times(_options.ObjectnessWeight),
            ["cls"] = classes.Times(_options.ClassWeight),
        };
    }

    private protected override DetectionLossResult? ComputeAnalytically(IReadOnlyList<Tensor> maps, Tensor targets)
    {
        if (_options.FocalGamma != 0 || !CanBeRead(maps))
            return null;
        var layers = BuildTargets(maps, targets);
        return maps[0].dtype == ScalarType.Float64 ? ComputeOver<double>(maps, layers) : ComputeOver<float>(maps, layers);
    }

    private DetectionLossResult ComputeOver<T>(IReadOnlyList<Tensor> maps, IReadOnlyList<LayerTargets> layers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var images = maps[0].shape[0];
        var weights = MeanWeights(images, layers.Select(layer => (long)layer.Count));
        var (box, classes) = (0.0, 0.0);
        var (objectness, gradients, balance) = (new double[LayerCount], new AnchorLayerGradient<T>[LayerCount], LayerBalance);
        for (var i = 0; i < LayerCount; i++)
        {
            var layer = new YoloV5Analytic<T>(_options, MapMemory.Of(maps[i]), layers[i]);
            var means = layer.Compute(
                weights[i] * _options.BoxWeight * images, balance[i] * _options.ObjectnessWeight * images, weights[i] * _options.ClassWeight * images);
            box += weights[i] * means.Box;
            classes += weights[i] * means.Classes;
            (objectness[i], gradients[i]) = (means.Objectness, layer.Gradient);
        }

        var terms = new (string Name, double Value)[]
        {
            ("box", box * _options.BoxWeight),
            ("obj", objectness.Zip(balance, (mean, weight) => mean * weight).Sum() * _options.ObjectnessWeight),
            ("cls", classes * _options.ClassWeight),
        };
        if (_options.AutoBalance)
            Adapt(tensor([.. balance]), WholeBatch(tensor(objectness), images));
        var total = AnalyticLossFunction.Of(new AnalyticAnchorLoss<T>(gradients) { Total = terms.Sum(term => term.Value) * images }, maps);
        return new DetectionLossResult(total, terms.ToDictionary(term => term.Name, term => tensor(term.Value, total.dtype)));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _balance?.Dispose();
        base.Dispose(disposing);
    }

    private Tensor Overlap(Tensor rows, LayerTargets layer)
    {
        var coding = YoloV5BoxCoding.Instance;
        var predicted = cat([coding.DecodeCentre(rows.narrow(1, 0, 2)), coding.DecodeSize(rows.narrow(1, 2, 2), layer.Anchors)], 1);
        return BoxIou.Of(_options.BoxIou, predicted, layer.Boxes, BoxFormat.XyWh);
    }

    private void SetObjectness(Tensor wanted, Tensor flat, Tensor iou)
    {
        var value = iou.AtLeast(0);                                                                 // (M)
        if (_options.SortObjectnessByIou)
        {
            var ascending = value.argsort();                                                        // the last write to a prediction stays
            (value, flat) = (value.index_select(0, ascending), flat.index_select(0, ascending));
        }

        if (_options.ObjectnessIouRatio < 1)
            value = value.Times(_options.ObjectnessIouRatio).Plus(1 - (double)_options.ObjectnessIouRatio);
        wanted.view(-1).scatter_(0, flat, value);
    }

    private Tensor ClassTerm(Tensor logits, Tensor classes)
        => _classes.Mean(logits, ClassTargets.OneHot(classes, logits, _options.LabelSmoothing, _options.LabelSmoothingRule));

    private Tensor Balanced(Tensor objectness, long images)
    {
        var balance = Balance(objectness.device);
        var term = (objectness * balance.to(objectness.dtype)).sum();
        if (_options.AutoBalance)
            Adapt(balance, WholeBatch(objectness.detach(), images));
        return term;
    }

    private Tensor Balance(Device device)
        => _balance?.to(device) ?? tensor(Array.ConvertAll(_initialBalance, weight => (double)weight), device: device);

    /// <summary>The layers' mean losses over the whole batch, of those over a share of it.</summary>
    private Tensor WholeBatch(Tensor objectness, long images)
    {
        if (SumOverShares is null)
            return objectness;
        double[] sums = [.. objectness.cpu().to(ScalarType.Float64).data<double>().Select(mean => mean * images), images];
        SumOverShares(sums);
        return tensor(Array.ConvertAll(sums[..^1], sum => sum / sums[^1]), device: objectness.device);
    }

    private void Adapt(Tensor balance, Tensor objectness)
    {
        var moved = balance.Times(BalanceMemory).Plus(objectness.to(ScalarType.Float64).AtLeast(SmallestBalancedLoss).reciprocal().Times(1 - BalanceMemory));
        var anchored = moved / moved[Math.Min(1, LayerCount - 1)];                                  // relative to stride 16, the second layer
        _balance?.Dispose();
        _balance = anchored.DetachFromDisposeScope();
    }
}
