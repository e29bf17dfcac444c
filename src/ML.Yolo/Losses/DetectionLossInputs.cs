using ML.Yolo.Boxes;
using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>Says what is wrong with a loss's arguments before any tensor operation trips over it.</summary>
internal static class DetectionLossInputs
{
    public static void CheckAnchorMaps(IReadOnlyList<Tensor> maps, Tensor anchors)
    {
        ArgumentNullException.ThrowIfNull(maps);
        if (maps.Count != anchors.shape[0])
            throw new ArgumentException($"maps holds {maps.Count} layers; the anchors are for {anchors.shape[0]}.", nameof(maps));
        for (var i = 0; i < maps.Count; i++)
        {
            var shape = maps[i].shape;
            var expected = maps[0].shape;
            if (shape.Length != 5 || shape[4] <= AnchorChannels.FirstClass)
                throw new ArgumentException($"maps[{i}] has shape {Text(shape)}; it must be (batch, anchors, height, width, 5 + classes).", nameof(maps));
            if (shape[1] != anchors.shape[1])
            {
                throw new ArgumentException(
                    $"maps[{i}] has shape {Text(shape)}, thus {shape[1]} anchors per cell; the loss was made with {anchors.shape[1]}.", nameof(maps));
            }

            if (shape[0] != expected[0] || shape[4] != expected[4])
            {
                throw new ArgumentException(
                    $"maps[{i}] has shape {Text(shape)}; batch size and channels must be those of maps[0], {Text(expected)}.", nameof(maps));
            }
        }
    }

    public static void CheckPointMaps(IReadOnlyList<Tensor> maps, IReadOnlyList<int> strides, int classCount)
    {
        ArgumentNullException.ThrowIfNull(maps);
        if (maps.Count != strides.Count)
            throw new ArgumentException($"maps holds {maps.Count} layers; the strides are for {strides.Count}.", nameof(maps));
        var channels = PointChannels.Of(classCount);
        for (var i = 0; i < maps.Count; i++)
        {
            var shape = maps[i].shape;
            if (shape.Length != 4 || shape[1] != channels)
            {
                throw new ArgumentException(
                    $"maps[{i}] has shape {Text(shape)}; it must be (batch, {PointChannels.FirstClass} + {classCount} classes, height, width).", nameof(maps));
            }

            var first = maps[0].shape;
            if (shape[0] != first[0] || shape[2] * strides[i] != first[2] * strides[0] || shape[3] * strides[i] != first[3] * strides[0])
            {
                throw new ArgumentException(
                    $"maps[{i}] has shape {Text(shape)} and stride {strides[i]}; "
                    + $"batch size and pixels must be those of maps[0], {Text(first)} and stride {strides[0]}.",
                    nameof(maps));
            }
        }
    }

    /// <summary>Checks targets (N, 6) that lie on the CPU.</summary>
    public static void CheckTargets(Tensor targets, long batchSize, int classCount)
    {
        if (targets.dim() != 2 || targets.shape[1] != 6)
            throw new ArgumentException($"targets has shape {Text(targets.shape)}; it must be (N, 6): image, class, cx, cy, w, h.", nameof(targets));
        if (targets.shape[0] == 0)
            return;
        using var scope = NewDisposeScope();
        Reject(targets, targets.isfinite().all(1).logical_not(), "holds a number that is not finite");
        Reject(targets, targets.narrow(1, 0, 2).frac().IsNotZero().any(1), "names an image or a class that is not a whole number");
        Reject(targets, OutOf(targets.select(1, 0), batchSize), $"names an image outside the batch of {batchSize}");
        Reject(targets, OutOf(targets.select(1, 1), classCount), $"names a class outside the {classCount} predicted");
        Reject(targets, targets.narrow(1, 4, 2).IsBelow(0).any(1), "has a negative width or height");
    }

    private static Tensor OutOf(Tensor column, long count) => column.IsBelow(0) | column.IsAtLeast(count);

    private static void Reject(Tensor targets, Tensor bad, string reason)
    {
        if (!bad.any().item<bool>())
            return;
        var row = bad.to(ScalarType.Int64).argmax().item<long>();
        var values = targets[row].to(ScalarType.Float32).data<float>().ToArray();
        var text = string.Join(", ", values.Select(value => value.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        throw new ArgumentException($"targets[{row}] = ({text}) {reason}.", nameof(targets));
    }

    private static string Text(long[] shape) => $"({string.Join(", ", shape)})";
}
