using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using ML.Yolo.Boxes;

namespace ML.Yolo.Losses;

/// <summary>One layer of the YOLOv5 loss with its gradient, over plain memory: what <see cref="YoloV5Loss"/> says in tensors, in one pass.</summary>
/// <typeparam name="T">The map's type.</typeparam>
/// <param name="options">Weights and thresholds, without focusing.</param>
/// <param name="map">The map.</param>
/// <param name="targets">What it learns.</param>
internal sealed unsafe class YoloV5Analytic<T>(YoloV5LossOptions options, MapMemory map, LayerTargets targets)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int ObjectnessChunk = 2048;
    private const int BuiltChunk = 32;

    private readonly CrossEntropyKernel _objectness = new(options.ObjectnessPositiveWeight);
    private readonly CrossEntropyKernel _classes = new(options.ClassPositiveWeight);
    private readonly double[] _overlaps = new double[targets.Count];

    private int ClassCount => AnchorChannels.ClassCount(map.Channels);

    /// <summary>The gradient, once <see cref="Compute"/> was called.</summary>
    public AnchorLayerGradient<T> Gradient { get; } = new(map, RowsOf(map, targets));

    /// <summary>The layer's means, unweighted.</summary>
    /// <param name="boxFactor">What the derivative of the mean of 1 − IoU is multiplied by.</param>
    /// <param name="objectnessFactor">The same of the mean of the objectness' losses.</param>
    /// <param name="classFactor">The same of the mean of the classes' losses.</param>
    public (double Box, double Objectness, double Classes) Compute(double boxFactor, double objectnessFactor, double classFactor)
    {
        var count = targets.Count;
        var (box, classes) = (0.0, 0.0);
        if (count > 0)
        {
            classes = ComputeBuilt(boxFactor / count, classFactor / ((double)count * ClassCount)) / ((double)count * ClassCount);
            foreach (var overlap in _overlaps)
                box += 1 - overlap;
            box /= count;
        }

        return (box, ComputeObjectness(objectnessFactor / map.Rows) / map.Rows, classes);
    }

    private static long[] RowsOf(MapMemory map, LayerTargets targets)
    {
        var (image, anchor) = (targets.ImageIndex.data<long>().ToArray(), targets.AnchorIndex.data<long>().ToArray());
        var (y, x) = (targets.GridY.data<long>().ToArray(), targets.GridX.data<long>().ToArray());
        return [.. image.Select((_, i) => map.RowOf(image[i], anchor[i], y[i], x[i]))];
    }

    /// <summary>Boxes and classes of the built targets; the sum of the classes' losses.</summary>
    private double ComputeBuilt(double boxFactor, double classFactor)
    {
        var classes = targets.Classes.data<long>().ToArray();
        var boxes = AnchorLayerGradient<T>.Address(targets.Boxes);
        var anchors = AnchorLayerGradient<T>.Address(targets.Anchors);
        var gradients = AnchorLayerGradient<T>.Address(Gradient.Built);
        var (positive, negative) = ClassTargets.Values(ClassCount, options.LabelSmoothing, options.LabelSmoothingRule);
        return ParallelChunks.Sum(targets.Count, BuiltChunk, (from, to) =>
        {
            var buffer = ArrayPool<double>.Shared.Rent(map.Channels);
            var sum = 0.0;
            for (var i = (int)from; i < to; i++)
            {
                var numbers = buffer.AsSpan(0, map.Channels);
                TensorPrimitives.ConvertTruncating(new ReadOnlySpan<T>(map.Row<T>(Gradient.BuiltRows[i]), map.Channels), numbers);
                _overlaps[i] = Overlap(numbers, boxes + (4 * i), anchors + (2 * i), boxFactor);
                numbers[AnchorChannels.Objectness] = 0;
                if (ClassCount > 1)
                    sum += Classes(numbers[AnchorChannels.FirstClass..], (int)classes[i], positive, negative, classFactor);
                else
                    numbers[AnchorChannels.FirstClass..].Clear();
                TensorPrimitives.ConvertTruncating(numbers, new Span<T>(gradients + ((long)i * map.Channels), map.Channels));
            }

            ArrayPool<double>.Shared.Return(buffer);
            return sum;
        });
    }

    /// <summary>The overlap reached; the box logits give way to the derivatives of 1 − overlap.</summary>
    private double Overlap(Span<double> logits, T* box, T* anchor, double factor)
    {
        Span<double> shares = stackalloc double[4];                                       // σ of each
        TensorPrimitives.Sigmoid(logits[..4], shares);
        var (anchorWidth, anchorHeight) = (double.CreateTruncating(anchor[0]), double.CreateTruncating(anchor[1]));
        var predicted = new CentredBox(
            (2 * shares[0]) - 0.5, (2 * shares[1]) - 0.5, 4 * shares[2] * shares[2] * anchorWidth, 4 * shares[3] * shares[3] * anchorHeight);
        var wanted = new CentredBox(
            double.CreateTruncating(box[0]), double.CreateTruncating(box[1]), double.CreateTruncating(box[2]), double.CreateTruncating(box[3]));
        var overlap = BoxOverlap.Of(options.BoxIou, predicted, wanted);
        logits[0] = -factor * overlap.X * 2 * shares[0] * (1 - shares[0]);
        logits[1] = -factor * overlap.Y * 2 * shares[1] * (1 - shares[1]);
        logits[2] = -factor * overlap.Width * 2 * predicted.Width * (1 - shares[2]);
        logits[3] = -factor * overlap.Height * 2 * predicted.Height * (1 - shares[3]);
        return overlap.Value;
    }

    /// <summary>The sum of the losses of one row of classes; the logits give way to the derivatives.</summary>
    private double Classes(Span<double> logits, int label, double positive, double negative, double factor)
    {
        var logit = logits[label];
        var sum = _classes.Sum(logits, negative);
        var (loss, derivative) = _classes.At(logit, positive);
        sum += loss - _classes.At(logit, negative).Loss;
        logits[label] = derivative;
        TensorPrimitives.Multiply(logits, factor, logits);
        return sum;
    }

    /// <summary>The sum of the losses of all objectnesses: first as if nothing were wanted, then put right where targets are built.</summary>
    private double ComputeObjectness(double factor)
    {
        var gradients = AnchorLayerGradient<T>.Address(Gradient.Objectness);
        var sum = ParallelChunks.Sum(map.Rows, ObjectnessChunk, (from, to) =>
        {
            var count = (int)(to - from);
            var buffer = ArrayPool<double>.Shared.Rent(count);
            var numbers = buffer.AsSpan(0, count);
            var logit = map.Row<T>(from) + AnchorChannels.Objectness;
            for (var i = 0; i < numbers.Length; i++, logit += map.Channels)
                numbers[i] = double.CreateTruncating(*logit);
            var part = _objectness.Sum(numbers, target: 0);
            TensorPrimitives.Multiply(numbers, factor, numbers);
            TensorPrimitives.ConvertTruncating(numbers, new Span<T>(gradients + from, count));
            ArrayPool<double>.Shared.Return(buffer);
            return part;
        });
        foreach (var (row, wanted) in WantedObjectness())
        {
            var logit = double.CreateTruncating(map.Row<T>(row)[AnchorChannels.Objectness]);
            var (loss, derivative) = _objectness.At(logit, wanted);
            sum += loss - _objectness.At(logit, 0).Loss;
            gradients[row] = T.CreateTruncating(derivative * factor);
        }

        return sum;
    }

    /// <summary>The objectness that rows with built targets are to have; of several targets of a row the last one's, or the highest.</summary>
    private Dictionary<long, double> WantedObjectness()
    {
        var wanted = new Dictionary<long, double>(targets.Count);
        double ratio = options.ObjectnessIouRatio;
        foreach (var (i, row) in Gradient.BuiltRows.Index())
        {
            var value = Math.Max(_overlaps[i], 0);
            if (ratio < 1)
                value = 1 - ratio + (value * ratio);
            if (!options.SortObjectnessByIou || !wanted.TryGetValue(row, out var other) || value > other)
                wanted[row] = value;
        }

        return wanted;
    }
}
