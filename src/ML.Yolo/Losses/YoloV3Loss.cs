using ML.Yolo.Boxes;
using ML.Yolo.Losses;
using ML.Yolo.Tensors;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace ML.Yolo;

/// <summary>The YOLOv3 loss: the best anchor of a layer takes a target, squared errors for boxes, cross-entropy for objectness and classes.</summary>
/// <remarks>
/// Terms, each summed over the layers and weighted: "box", the mean squared error of the centre plus that of the square roots of the size; "obj", the
/// cross-entropy of the matched predictions against 1; "noobj", that of the predictions in the no-object mask against 0; "cls", that of the matched classes
/// (0 with one class). A target of zero width or height has no overlap with any anchor and adds nothing.
/// </remarks>
public sealed class YoloV3Loss : AnchorLoss
{

    private static readonly string[] Names = ["box", "obj", "noobj", "cls"];

    private readonly YoloV3LossOptions _options;
    private readonly BinaryCrossEntropy _crossEntropy = new();

    /// <summary>Makes the loss.</summary>
    /// <param name="anchors">(L, A, 2): widths and heights in cells of the layer, finest layer first.</param>
    /// <param name="options">Weights and thresholds; the defaults where omitted.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the anchors are not (L, A, 2) positive numbers.</exception>
    public YoloV3Loss(Tensor anchors, YoloV3LossOptions? options = null)
        : base(anchors, options = (YoloV3LossOptions)(options ?? new YoloV3LossOptions()).Copy(),
            new BestIouAssigner(options.IouThreshold, options.IgnoreThreshold))
    {
        _options = options;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> TermNames => Names;

    internal override void ComputeNothing()
    {
        MeanWeights(0, new long[LayerCount]);
        MeanWeights(0, new long[LayerCount]);
    }

    private protected override Dictionary<string, Tensor> ComputeTerms(IReadOnlyList<Tensor> maps, IReadOnlyList<LayerTargets> layers)
    {
        var type = WorkingType(maps[0]);
        var (box, objectness, noObject, classes) = (Zero(), Zero(), Zero(), Zero());
        var weights = MeanWeights(maps[0].shape[0], layers.Select(layer => (long)layer.Count));
        var noObjectWeights = MeanWeights(maps[0].shape[0], layers.Select(NoObjectCount));
        for (var i = 0; i < LayerCount; i++)
        {
            var logits = maps[i];
            var (layer, classCount) = (layers[i], AnchorChannels.ClassCount(logits.shape[4]));
            var unmatched = NoObjectTerm(logits.select(4, AnchorChannels.Objectness).to(type), layer.NoObjectMask!);
            noObject = noObject.Plus(Weighted(unmatched, noObjectWeights[i]));
            if (layer.Count == 0)
                continue;
            var rows = layer.RowsOf(logits).to(type);                                               // (M, 5 + C)
            var matched = rows.select(1, AnchorChannels.Objectness);                                        // (M)
            box = box.Plus(Weighted(BoxTerm(rows, layer), weights[i]));
            objectness = objectness.Plus(Weighted(_crossEntropy.Mean(matched, ones_like(matched)), weights[i]));
            if (classCount > 1)
                classes = classes.Plus(Weighted(ClassTerm(rows.narrow(1, AnchorChannels.FirstClass, classCount), layer.Classes), weights[i]));
        }

        return new()
        {
            ["box"] = box.Times(_options.BoxWeight),
            ["obj"] = objectness.Times(_options.ObjectnessWeight),
            ["noobj"] = noObject.Times(_options.NoObjectWeight),
            ["cls"] = classes.Times(_options.ClassWeight),
        };

        Tensor Zero() => zeros([], type, maps[0].device);
    }

    private static Tensor BoxTerm(Tensor rows, LayerTargets layer)
    {
        var coding = YoloV3BoxCoding.Instance;
        var centre = F.mse_loss(coding.DecodeCentre(rows.narrow(1, 0, 2)), layer.Boxes.narrow(1, 0, 2));
        var sizeRoot = F.mse_loss(YoloV3BoxCoding.DecodeSizeRoot(rows.narrow(1, 2, 2), layer.Anchors), layer.Boxes.narrow(1, 2, 2).sqrt());
        return centre.Plus(sizeRoot);
    }

    /// <summary>Predictions in the no-object term, counted only where others have a share of the batch: it waits for the device.</summary>
    private long NoObjectCount(LayerTargets layer) => SumOverShares is null ? 1 : layer.NoObjectMask!.sum().item<long>();

    private static Tensor NoObjectTerm(Tensor logits, Tensor mask)
    {
        // A bounded count keeps an empty mask at 0 without asking the device.
        var weight = mask.to(logits.dtype);
        var sum = F.binary_cross_entropy_with_logits(logits, zeros_like(logits), weight, nn.Reduction.Sum);
        return sum / weight.sum().AtLeast(1);
    }

    private Tensor ClassTerm(Tensor logits, Tensor classes)
        => _crossEntropy.Mean(logits, ClassTargets.OneHot(classes, logits, _options.LabelSmoothing, _options.LabelSmoothingRule));
}
