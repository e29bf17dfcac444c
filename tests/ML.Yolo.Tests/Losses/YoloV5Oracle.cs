namespace ML.Yolo.Tests.Losses;

/// <summary>The YOLOv5 loss written out in loops, slowly and plainly: one number at a time, in double.</summary>
internal static class YoloV5Oracle
{
    private static readonly (double X, double Y)[] Neighbours = [(0, 0), (0.5, 0), (0, 0.5), (-0.5, 0), (0, -0.5)];

    public static List<OracleTarget> Assign(double[][] targets, double[][] anchors, int height, int width, double threshold)
    {
        var built = new List<OracleTarget>();
        for (var neighbour = 0; neighbour < Neighbours.Length; neighbour++)
        {
            for (var anchor = 0; anchor < anchors.Length; anchor++)
            {
                foreach (var target in targets)
                {
                    var (x, y, w, h) = (target[2] * width, target[3] * height, target[4] * width, target[5] * height);
                    var worst = new[] { w / anchors[anchor][0], h / anchors[anchor][1], anchors[anchor][0] / w, anchors[anchor][1] / h }.Max();
                    if (worst >= threshold || !IsNear(neighbour, x, y, width, height))
                        continue;
                    var cellX = Math.Clamp((int)(x - Neighbours[neighbour].X), 0, width - 1);
                    var cellY = Math.Clamp((int)(y - Neighbours[neighbour].Y), 0, height - 1);
                    built.Add(new((int)target[0], (int)target[1], anchor, cellY, cellX, x - cellX, y - cellY, w, h, anchors[anchor][0], anchors[anchor][1]));
                }
            }
        }

        return built;
    }

    /// <summary>The weighted terms of one call; <paramref name="balance"/> is what the layers weigh at that time, and changes where the options ask for it.</summary>
    public static Dictionary<string, Dual> Terms(OracleMap[] maps, List<OracleTarget>[] built, YoloV5LossOptions options, double[] balance)
    {
        Dual box = 0, obj = 0, cls = 0;
        double ratio = options.ObjectnessIouRatio;
        var objectness = new double[maps.Length];
        for (var layer = 0; layer < maps.Length; layer++)
        {
            var (map, targets) = (maps[layer], built[layer]);
            var ious = targets.ConvertAll(target => Iou(options.BoxIou, Decode(map, target), target));
            var wanted = new Dictionary<(int, int, int, int), double>();
            foreach (var i in Enumerable.Range(0, targets.Count).OrderBy(i => options.SortObjectnessByIou ? Math.Max(ious[i].Value, 0) : 0))
                wanted[(targets[i].Image, targets[i].Anchor, targets[i].Y, targets[i].X)] = (1 - ratio) + (ratio * Math.Max(ious[i].Value, 0));

            box += Mean(ious.ConvertAll(iou => 1 - iou));
            if (map.ClassCount > 1)
                cls += Mean([.. targets.SelectMany(target => Enumerable.Range(0, map.ClassCount).Select(c => CrossEntropy(map[target.Image, target.Anchor, target.Y, target.X, 5 + c], Smoothed(c == target.Class, map.ClassCount, options), options.ClassPositiveWeight, options.FocalGamma)))]);
            var cells = Mean([.. Cells(map).Select(cell => CrossEntropy(map[cell.Image, cell.Anchor, cell.Y, cell.X, 4], wanted.GetValueOrDefault(cell), options.ObjectnessPositiveWeight, options.FocalGamma))]);
            objectness[layer] = cells.Value;
            obj += cells * balance[layer];
        }

        if (options.AutoBalance)
            Adapt(balance, objectness);
        return new() { ["box"] = box * options.BoxWeight, ["obj"] = obj * options.ObjectnessWeight, ["cls"] = cls * options.ClassWeight };
    }

    internal static Dual Mean(List<Dual> values) => values.Count == 0 ? 0 : values.Aggregate((a, b) => a + b) / values.Count;

    internal static Dual CrossEntropy(Dual logit, double target, double positiveWeight = 1, double gamma = 0)
    {
        var loss = (positiveWeight * target * Dual.Softplus(0 - logit)) + ((1 - target) * Dual.Softplus(logit));
        if (gamma == 0)
            return loss;
        var probability = Dual.Sigmoid(logit);
        var right = (target * probability) + ((1 - target) * (1 - probability));
        return loss * ((target * 0.25) + ((1 - target) * 0.75)) * Dual.Pow(1 - right, gamma);
    }

    private static bool IsNear(int neighbour, double x, double y, int width, int height) => neighbour switch
    {
        1 => x % 1 < 0.5 && x > 1,
        2 => y % 1 < 0.5 && y > 1,
        3 => (width - x) % 1 < 0.5 && width - x > 1,
        4 => (height - y) % 1 < 0.5 && height - y > 1,
        _ => true,
    };

    private static (Dual X, Dual Y, Dual W, Dual H) Decode(OracleMap map, OracleTarget at)
    {
        var (w, h) = (2 * Dual.Sigmoid(Logit(2)), 2 * Dual.Sigmoid(Logit(3)));
        return ((2 * Dual.Sigmoid(Logit(0))) - 0.5, (2 * Dual.Sigmoid(Logit(1))) - 0.5, w * w * at.AnchorWidth, h * h * at.AnchorHeight);

        Dual Logit(int channel) => map[at.Image, at.Anchor, at.Y, at.X, channel];
    }

    private static Dual Iou(BoxIouKind kind, (Dual X, Dual Y, Dual W, Dual H) a, OracleTarget b) => OracleIou.Of(
        kind,
        (a.X - (a.W / 2), a.Y - (a.H / 2), a.X + (a.W / 2), a.Y + (a.H / 2)),
        (b.CentreX - (b.Width / 2), b.CentreY - (b.Height / 2), b.CentreX + (b.Width / 2), b.CentreY + (b.Height / 2)));

    private static double Smoothed(bool isClass, int classCount, YoloV5LossOptions options)
    {
        var spread = options.LabelSmoothingRule == LabelSmoothingRule.Ultralytics ? (Missing: options.LabelSmoothing * 0.5, Share: options.LabelSmoothing * 0.5) : (options.LabelSmoothing, options.LabelSmoothing / (classCount - 1.0));
        return isClass ? 1 - spread.Missing : spread.Share;
    }

    private static IEnumerable<(int Image, int Anchor, int Y, int X)> Cells(OracleMap map)
    {
        for (var image = 0; image < map.Batch; image++)
            for (var anchor = 0; anchor < map.Anchors; anchor++)
                for (var y = 0; y < map.Height; y++)
                    for (var x = 0; x < map.Width; x++)
                        yield return (image, anchor, y, x);
    }

    private static void Adapt(double[] balance, double[] objectness)
    {
        for (var layer = 0; layer < balance.Length; layer++)
            balance[layer] = (balance[layer] * 0.9999) + (0.0001 / objectness[layer]);
        var middle = balance[1];
        for (var layer = 0; layer < balance.Length; layer++)
            balance[layer] /= middle;
    }
}
