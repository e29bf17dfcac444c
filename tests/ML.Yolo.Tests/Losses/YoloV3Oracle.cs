namespace ML.Yolo.Tests.Losses;

/// <summary>The YOLOv3 loss written out in loops, slowly and plainly: one number at a time, in double.</summary>
internal static class YoloV3Oracle
{
    public static (List<OracleTarget> Built, HashSet<(int Image, int Anchor, int Y, int X)> Ignored) Assign(double[][] targets, double[][] anchors, int height, int width, double threshold, double ignore)
    {
        var built = new List<OracleTarget>();
        var ignored = new HashSet<(int, int, int, int)>();
        foreach (var target in targets)
        {
            var (image, x, y, w, h) = ((int)target[0], target[2] * width, target[3] * height, target[4] * width, target[5] * height);
            var (cellX, cellY) = (Math.Clamp((int)x, 0, width - 1), Math.Clamp((int)y, 0, height - 1));
            var ious = anchors.Select(anchor => SizeIou(w, h, anchor[0], anchor[1])).ToList();
            for (var anchor = 0; anchor < anchors.Length; anchor++)
            {
                if (ious[anchor] > ignore)
                    ignored.Add((image, anchor, cellY, cellX));
            }

            var best = ious.IndexOf(ious.Max());
            if (ious[best] <= threshold)
                continue;
            built.Add(new(image, (int)target[1], best, cellY, cellX, x - cellX, y - cellY, w, h, anchors[best][0], anchors[best][1]));
            ignored.Add((image, best, cellY, cellX));
        }

        return (built, ignored);
    }

    public static Dictionary<string, Dual> Terms(OracleMap[] maps, (List<OracleTarget> Built, HashSet<(int, int, int, int)> Ignored)[] assigned, YoloV3LossOptions options)
    {
        Dual box = 0, obj = 0, noObject = 0, cls = 0;
        double smoothing = options.LabelSmoothing;
        for (var layer = 0; layer < maps.Length; layer++)
        {
            var (map, built) = (maps[layer], assigned[layer].Built);
            box += YoloV5Oracle.Mean(built.ConvertAll(target => Square(Dual.Sigmoid(At(map, target, 0)) - target.CentreX) + Square(Dual.Sigmoid(At(map, target, 1)) - target.CentreY))) / 2;
            box += YoloV5Oracle.Mean(built.ConvertAll(target => Square(Dual.Sqrt(Dual.Exp(At(map, target, 2)) * target.AnchorWidth) - Math.Sqrt(target.Width)) + Square(Dual.Sqrt(Dual.Exp(At(map, target, 3)) * target.AnchorHeight) - Math.Sqrt(target.Height)))) / 2;
            obj += YoloV5Oracle.Mean(built.ConvertAll(target => YoloV5Oracle.CrossEntropy(At(map, target, 4), 1)));
            noObject += YoloV5Oracle.Mean(Empty(map, assigned[layer].Ignored));
            if (map.ClassCount > 1)
                cls += YoloV5Oracle.Mean([.. built.SelectMany(target => Enumerable.Range(0, map.ClassCount).Select(c => YoloV5Oracle.CrossEntropy(At(map, target, 5 + c), c == target.Class ? 1 - smoothing : smoothing / (map.ClassCount - 1.0))))]);
        }

        return new() { ["box"] = box * options.BoxWeight, ["obj"] = obj * options.ObjectnessWeight, ["noobj"] = noObject * options.NoObjectWeight, ["cls"] = cls * options.ClassWeight };
    }

    private static Dual At(OracleMap map, OracleTarget target, int channel) => map[target.Image, target.Anchor, target.Y, target.X, channel];

    private static Dual Square(Dual a) => a * a;

    private static double SizeIou(double w, double h, double anchorWidth, double anchorHeight)
    {
        var overlap = Math.Min(w, anchorWidth) * Math.Min(h, anchorHeight);
        return overlap / ((w * h) + (anchorWidth * anchorHeight) - overlap);
    }

    private static List<Dual> Empty(OracleMap map, HashSet<(int, int, int, int)> ignored)
    {
        var losses = new List<Dual>();
        for (var image = 0; image < map.Batch; image++)
            for (var anchor = 0; anchor < map.Anchors; anchor++)
                for (var y = 0; y < map.Height; y++)
                    for (var x = 0; x < map.Width; x++)
                        if (!ignored.Contains((image, anchor, y, x)))
                            losses.Add(YoloV5Oracle.CrossEntropy(map[image, anchor, y, x, 4], 0));
        return losses;
    }
}
