using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>The targets of a batch in pixels, on the CPU, in their order. Its tensors belong to the dispose scope in which it is made.</summary>
internal sealed class TargetTable
{
    /// <param name="rows">(G) of int64: which of the targets given each is.</param>
    /// <param name="images">(G) of int64.</param>
    /// <param name="classes">(G) of int64.</param>
    /// <param name="boxes">(G, 4): corners in pixels.</param>
    /// <param name="batch">Number of images, B.</param>
    public TargetTable(Tensor rows, Tensor images, Tensor classes, Tensor boxes, long batch)
    {
        (Rows, Images, Classes, Boxes) = (rows, images, classes, boxes);
        ByImage = Sort(images.data<long>().ToArray(), batch);
    }

    /// <summary>Number of targets, G.</summary>
    public long Count => Rows.shape[0];

    /// <summary>Which of the targets given each is, (G).</summary>
    public Tensor Rows { get; }

    /// <summary>The image of each, (G).</summary>
    public Tensor Images { get; }

    /// <summary>The class of each, (G).</summary>
    public Tensor Classes { get; }

    /// <summary>Corners of each in pixels, (G, 4).</summary>
    public Tensor Boxes { get; }

    /// <summary>The targets of every image in their order, (B, M) of int64; −1 where it has fewer.</summary>
    public Tensor ByImage { get; }

    /// <summary>From targets as they are given.</summary>
    /// <param name="targets">(N, 6): image, class, cx, cy, w, h in [0, 1], on the CPU.</param>
    /// <param name="width">Width of the image, pixels.</param>
    /// <param name="height">Height of the image, pixels.</param>
    /// <param name="batch">Number of images, B.</param>
    public static TargetTable FromRows(Tensor targets, long width, long height, long batch)
    {
        var size = tensor(new float[] { width, height, width, height }).to(targets.dtype);
        var scaled = targets.narrow(1, 2, 4) * size;                                      // (N, 4): centre and size in pixels
        var (centre, half) = (scaled.narrow(1, 0, 2), scaled.narrow(1, 2, 2).Over(2));
        var boxes = cat([centre - half, centre.Plus(half)], 1);
        // The reference tells targets from padding by the sum of their corners: one with its centre at the very origin is none to it.
        var rows = boxes.sum(1).IsAbove(0).nonzero().squeeze(1);
        var kept = targets.index_select(0, rows);
        return new TargetTable(rows, kept.select(1, 0).to(ScalarType.Int64), kept.select(1, 1).to(ScalarType.Int64), boxes.index_select(0, rows), batch);
    }

    private static Tensor Sort(long[] images, long batch)
    {
        var counts = new long[batch];
        var places = Array.ConvertAll(images, image => counts[image]++);
        var most = Math.Max(counts.Max(), 1);
        var table = new long[batch * most];
        Array.Fill(table, -1);
        for (var i = 0; i < images.Length; i++)
            table[(images[i] * most) + places[i]] = i;
        return tensor(table).view(batch, most);
    }
}
