using ML.Yolo;
using static TorchSharp.torch;

namespace LossAnalysis;

/// <summary>The YOLOv5 loss once more, as one would explain it: target by target, with plain numbers. Slow, and for checking alone.</summary>
internal static class PlainYoloV5Loss
{
    private const double Epsilon = 1e-7;

    private static readonly (double X, double Y)[] Neighbours = [(0, 0), (0.5, 0), (0, 0.5), (-0.5, 0), (0, -0.5)];

    /// <summary>The weighted terms of a batch: box, objectness, class.</summary>
    public static (double Box, double Objectness, double Class) Terms(Tensor[] maps, Tensor targets, Tensor anchors, YoloV5LossOptions options)
    {
        var (box, objectness, classes) = (0.0, 0.0, 0.0);
        for (var layer = 0; layer < maps.Length; layer++)
        {
            var built = Build(maps[layer], targets, anchors[layer], options.AnchorThreshold);
            var logits = built.ConvertAll(target => maps[layer][target.Image, target.Anchor, target.Y, target.X].data<float>().ToArray());
            var ious = built.Zip(logits, (target, logit) => CIoU(Decode(logit, target), target.Box)).ToArray();
            if (built.Count > 0)
            {
                box += ious.Average(iou => 1 - iou);
                classes += built.Zip(logits, ClassError).Average();
            }

            // Where several targets fall on one prediction, the last one says how good its box is.
            var wanted = built.Zip(ious).GroupBy(pair => pair.First.Place).ToDictionary(group => group.Key, group => Math.Max(group.Last().Second, 0));
            var errors = Cells(maps[layer]).Select(cell => CrossEntropy(cell.Objectness, wanted.GetValueOrDefault(cell.Place)));
            objectness += options.LayerBalance[layer] * errors.Average();
        }

        return (box * options.BoxWeight, objectness * options.ObjectnessWeight, classes * options.ClassWeight);
    }

    private static List<Target> Build(Tensor map, Tensor targets, Tensor anchors, double threshold)
    {
        var (height, width) = ((int)map.shape[2], (int)map.shape[3]);
        var sizes = anchors.data<float>().ToArray().Chunk(2).ToArray();
        var built = new List<Target>();
        foreach (var (offsetX, offsetY) in Neighbours)
        {
            for (var anchor = 0; anchor < sizes.Length; anchor++)
            {
                foreach (var row in targets.data<float>().ToArray().Chunk(6))
                {
                    var (x, y, w, h) = (row[2] * width, row[3] * height, row[4] * width, row[5] * height);
                    var isAlike = Ratio(w, sizes[anchor][0]) < threshold && Ratio(h, sizes[anchor][1]) < threshold;
                    if (!isAlike || !IsNearer(offsetX, x, width) || !IsNearer(offsetY, y, height))
                        continue;
                    var (cellX, cellY) = (Math.Clamp((int)(x - offsetX), 0, width - 1), Math.Clamp((int)(y - offsetY), 0, height - 1));
                    built.Add(new Target((int)row[0], (int)row[1], anchor, cellY, cellX, x - cellX, y - cellY, w, h, sizes[anchor][0], sizes[anchor][1]));
                }
            }
        }

        return built;
    }

    /// <summary>How many times one length is the other, the longer by the shorter.</summary>
    private static double Ratio(double a, double b) => Math.Max(a / b, b / a);

    private static double ClassError(Target target, float[] logit)
        => logit[5..].Select((value, label) => CrossEntropy(value, label == target.Class ? 1 : 0)).Average();

    /// <summary>Whether a centre is in the half of its cell towards the neighbour, and that neighbour exists.</summary>
    private static bool IsNearer(double offset, double at, int cells)
    {
        var fromSide = offset < 0 ? cells - at : at;
        return offset == 0 || (fromSide % 1 < 0.5 && fromSide > 1);
    }

    private static (double X, double Y, double Width, double Height) Decode(float[] logit, Target target)
    {
        var (x, y) = ((2 * Sigmoid(logit[0])) - 0.5, (2 * Sigmoid(logit[1])) - 0.5);
        return (x, y, Math.Pow(2 * Sigmoid(logit[2]), 2) * target.AnchorWidth, Math.Pow(2 * Sigmoid(logit[3]), 2) * target.AnchorHeight);
    }

    private static double CIoU((double X, double Y, double Width, double Height) a, (double X, double Y, double Width, double Height) b)
    {
        var (shared, wide) = Along(a.X, a.Width, b.X, b.Width);
        var (sharedY, high) = Along(a.Y, a.Height, b.Y, b.Height);
        var overlap = shared * sharedY;
        var iou = overlap / ((a.Width * a.Height) + (b.Width * b.Height) - overlap + Epsilon);
        var distance = (Math.Pow(a.X - b.X, 2) + Math.Pow(a.Y - b.Y, 2)) / ((wide * wide) + (high * high) + Epsilon);
        var v = 4 / (Math.PI * Math.PI) * Math.Pow(Math.Atan(b.Width / b.Height) - Math.Atan(a.Width / a.Height), 2);
        return iou - distance - (v * v / (v - iou + 1 + Epsilon));

        static (double Shared, double Enclosing) Along(double a, double lengthA, double b, double lengthB)
        {
            var (low, high) = (Math.Min(a - (lengthA / 2), b - (lengthB / 2)), Math.Max(a + (lengthA / 2), b + (lengthB / 2)));
            return (Math.Max(lengthA + lengthB - (high - low), 0), high - low);
        }
    }

    private static IEnumerable<((int Image, int Anchor, int Y, int X) Place, double Objectness)> Cells(Tensor map)
    {
        var (anchors, height, width) = ((int)map.shape[1], (int)map.shape[2], (int)map.shape[3]);
        return map.select(4, 4).contiguous().data<float>().ToArray()
            .Select((logit, i) => ((i / (anchors * height * width), i / (height * width) % anchors, i / width % height, i % width), (double)logit));
    }

    private static double CrossEntropy(double logit, double target) => Math.Max(logit, 0) - (logit * target) + Math.Log(1 + Math.Exp(-Math.Abs(logit)));

    private static double Sigmoid(double logit) => 1 / (1 + Math.Exp(-logit));

    private sealed record Target(
        int Image, int Class, int Anchor, int Y, int X, double CentreX, double CentreY, double Width, double Height, double AnchorWidth, double AnchorHeight)
    {
        public (double X, double Y, double Width, double Height) Box => (CentreX, CentreY, Width, Height);

        public (int Image, int Anchor, int Y, int X) Place => (Image, Anchor, Y, X);
    }
}
