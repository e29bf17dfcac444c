using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Boxes;

/// <summary>
/// YOLOv8, YOLO11 and YOLOv5u: a box is the distances of its four sides from a point, in cells, and each distance the expectation of a distribution over 16
/// bins (Li et al. 2020, Generalized Focal Loss, eq. 3 to 6).
/// One formula for tensors and the same for plain numbers.
/// </summary>
/// <remarks>
/// Logits of a point are side after side, left, top, right, bottom, 16 bins each: bin j stands for a distance of j cells.
/// <para>Example: left bins with all the mass on 2 put the left side two cells left of the point; mass halved between 2 and 3 puts it two and a half cells
/// left.</para>
/// </remarks>
internal sealed class YoloV8BoxCoding : BoxCoding
{
    /// <summary>Bins of a side, R.</summary>
    public const int Bins = 16;

    /// <summary>Numbers of a box: left, top, right, bottom.</summary>
    public const int Sides = 4;

    /// <summary>The largest distance that is learned, cells: a little below the last bin, so that there is always a bin above.</summary>
    public const double MaxDistance = Bins - 1 - 0.01;

    public static readonly YoloV8BoxCoding Instance = new();

    // The probability of bins that are not meant, where a distance is made into logits.
    private const double NoProbability = 1e-20;

    public override string Name => "YoloV8";

    /// <summary>The expected distance of each side: logits (…, 4R) to (…, 4), cells in [0, R − 1].</summary>
    public static Tensor DecodeDistances(Tensor logits)
    {
        using var scope = NewDisposeScope();
        var probabilities = logits.unflatten(logits.dim() - 1, [Sides, Bins]).softmax(-1);                      // (…, 4, R)
        return probabilities.matmul(Arithmetic.Range(Bins, logits.dtype, logits.device)).MoveToOuterDisposeScope();
    }

    /// <summary>The boxes that lie at these distances around points: (…, 4) and (…, 2) of one unit to (…, 4).</summary>
    /// <param name="distances">(…, 4): left, top, right, bottom.</param>
    /// <param name="points">(…, 2): x, y.</param>
    /// <param name="format">What the four numbers of a box are to be.</param>
    public static Tensor DecodeBoxes(Tensor distances, Tensor points, BoxFormat format)
    {
        using var scope = NewDisposeScope();
        var (start, end) = (points - distances.narrow(-1, 0, 2), points.Plus(distances.narrow(-1, 2, 2)));                 // (…, 2)
        var boxes = format == BoxFormat.XyXy ? cat([start, end], -1) : cat([start.Plus(end).Over(2), end - start], -1);
        return boxes.MoveToOuterDisposeScope();
    }

    /// <summary>The distances of boxes around points, as they are learned: corners (…, 4) and points (…, 2), cells, to (…, 4) in [0, 14.99].</summary>
    public static Tensor EncodeDistances(Tensor boxes, Tensor points)
    {
        using var scope = NewDisposeScope();
        return cat([points - boxes.narrow(-1, 0, 2), boxes.narrow(-1, 2, 2) - points], -1).AtLeast(0).AtMost(MaxDistance).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The two bins a distance lies between: (…) of [0, 14.99] to the lower one's index, (…) of int64, and the upper one's share, (…) of [0, 1).
    /// </summary>
    public static (Tensor Lower, Tensor UpperShare) Neighbours(Tensor distances)
    {
        using var scope = NewDisposeScope();
        var lower = distances.floor();
        return (lower.to(ScalarType.Int64).MoveToOuterDisposeScope(), (distances - lower).MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Logits whose expected distances are these: (…, 4) of [0, 14.99] to (…, 4R), the inverse of <see cref="DecodeDistances"/>. All the mass is on the two
    /// bins a distance lies between.
    /// </summary>
    public static Tensor EncodeLogits(Tensor distances)
    {
        using var scope = NewDisposeScope();
        var (lower, upperShare) = Neighbours(distances.unsqueeze(-1));                            // (…, 4, 1)
        var probabilities = zeros([.. distances.shape, Bins], distances.dtype, distances.device)
            .scatter(-1, lower, upperShare.Complement())
            .scatter(-1, lower.Plus(1), upperShare);                                              // (…, 4, R)
        return probabilities.AtLeast(NoProbability).log().flatten(-2).MoveToOuterDisposeScope();
    }

    /// <summary>The expected distance of one side, as <see cref="DecodeDistances"/> gives it, where there is no LibTorch.</summary>
    /// <param name="logits">R logits.</param>
    public static float DecodeDistance(ReadOnlySpan<float> logits)
    {
        var max = float.NegativeInfinity;
        foreach (var logit in logits)
            max = MathF.Max(max, logit);
        var (sum, weighted) = (0f, 0f);
        for (var bin = 0; bin < logits.Length; bin++)
        {
            var weight = MathF.Exp(logits[bin] - max);
            (sum, weighted) = (sum + weight, weighted + (weight * bin));
        }

        return weighted / sum;
    }

    /// <summary>The box at these distances around a point, as <see cref="DecodeBoxes"/> gives it, where there is no LibTorch.</summary>
    /// <param name="distances">Left, top, right, bottom in cells.</param>
    /// <param name="x">The point, in cells.</param>
    /// <param name="y">The point, in cells.</param>
    /// <param name="stride">Pixels per cell.</param>
    /// <param name="box">Gets centre x, centre y, width, height in pixels.</param>
    public static void DecodeBox(ReadOnlySpan<float> distances, float x, float y, float stride, Span<float> box)
    {
        var (left, top, right, bottom) = (distances[0], distances[1], distances[2], distances[3]);
        (box[0], box[1]) = ((x + ((right - left) / 2)) * stride, (y + ((bottom - top) / 2)) * stride);
        (box[2], box[3]) = ((left + right) * stride, (top + bottom) * stride);
    }
}
