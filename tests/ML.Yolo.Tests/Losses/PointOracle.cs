namespace ML.Yolo.Tests.Losses;

/// <summary>The loss of heads without anchors written out in loops, slowly and plainly: one number at a time, in double.</summary>
internal sealed class PointOracle
{
    private const int Bins = 16;

    private readonly RandomPointInput _input;
    private readonly YoloV8LossOptions _options;
    private readonly double[][] _values;
    private readonly double[][] _slopes;
    private readonly (int Layer, int Y, int X)[] _points;
    private readonly double _width;
    private readonly double _height;

    public PointOracle(RandomPointInput input, YoloV8LossOptions options)
    {
        (_input, _options) = (input, options);
        _values = Array.ConvertAll(input.Maps, map => map.detach().data<double>().ToArray());
        _slopes = Array.ConvertAll(input.Directions, direction => direction.data<double>().ToArray());
        _points = [.. input.Maps.SelectMany((map, layer) => Enumerable.Range(0, (int)(map.shape[2] * map.shape[3])).Select(cell => (layer, cell / (int)map.shape[3], cell % (int)map.shape[3])))];
        (_width, _height) = (input.Maps[0].shape[3] * input.Strides[0], input.Maps[0].shape[2] * input.Strides[0]);
    }

    /// <summary>What every point learns: by image and point, the row of the target and the score. Points that learn nothing are absent.</summary>
    public SortedDictionary<(int Image, int Point), (int Target, double Score)> Assign()
    {
        var learned = new SortedDictionary<(int, int), (int, double)>();
        for (var image = 0; image < _input.BatchSize; image++)
            AssignImage(image, learned);
        return learned;
    }

    /// <summary>The weighted terms.</summary>
    public Dictionary<string, Dual> Terms(IReadOnlyDictionary<(int Image, int Point), (int Target, double Score)> learned)
    {
        Dual box = 0, classes = 0, distribution = 0;
        var total = Math.Max(learned.Values.Sum(entry => entry.Score), 1);
        foreach (var ((image, point), (target, score)) in learned)
        {
            double stride = _input.Strides[_points[point].Layer];
            var wanted = Corners(target, stride);
            box += (1 - OracleIou.Of(_options.BoxIou, Box(image, point), wanted)) * score;
            distribution += Distribution(image, point, wanted) * score;
        }

        for (var image = 0; image < _input.BatchSize; image++)
        {
            for (var point = 0; point < _points.Length; point++)
            {
                for (var label = 0; label < _input.ClassCount; label++)
                    classes += YoloV5Oracle.CrossEntropy(Logit(image, point, 64 + label), Wanted(learned, image, point, label), _options.ClassPositiveWeight, _options.FocalGamma);
            }
        }

        return new() { ["box"] = box / total * _options.BoxWeight, ["cls"] = classes / total * _options.ClassWeight, ["dfl"] = distribution / total * _options.DistributionWeight };
    }

    private void AssignImage(int image, SortedDictionary<(int, int), (int, double)> learned)
    {
        var targets = Enumerable.Range(0, _input.TargetRows.Length).Where(row => (int)_input.TargetRows[row][0] == image).ToArray();
        var chosenBy = new Dictionary<int, List<int>>();
        foreach (var target in targets)
        {
            var candidates = Enumerable.Range(0, _points.Length).Where(point => IsInside(target, point) && Alignment(image, target, point) > 0);
            foreach (var point in candidates.OrderByDescending(point => Alignment(image, target, point)).Take(_options.TopCandidates))
                (chosenBy.TryGetValue(point, out var list) ? list : chosenBy[point] = []).Add(target);
        }

        var owners = chosenBy.ToDictionary(entry => entry.Key, entry => entry.Value is [var only] ? only : Winner(image, entry.Key, targets));
        foreach (var (point, target) in owners)
        {
            var own = owners.Where(entry => entry.Value == target && Alignment(image, target, entry.Key) > 0).Select(entry => entry.Key).ToArray();
            var (best, overlap) = (own.Max(other => Alignment(image, target, other)), own.Max(other => Overlap(image, target, other)));
            learned[(image, point)] = (target, Alignment(image, target, point) * overlap / (best + 1e-9));
        }
    }

    /// <summary>Of the targets the point lies in, the one its box overlaps most; of equals the first.</summary>
    private int Winner(int image, int point, int[] targets)
    {
        var winner = targets[0];
        var best = 0.0;
        foreach (var target in targets.Where(target => IsInside(target, point)))
        {
            if (Overlap(image, target, point) > best)
                (winner, best) = (target, Overlap(image, target, point));
        }

        return winner;
    }

    private bool IsInside(int target, int point)
    {
        var (layer, y, x) = _points[point];
        var (x0, y0, x1, y1) = Corners(target, 1);
        var (px, py) = ((x + 0.5) * _input.Strides[layer], (y + 0.5) * _input.Strides[layer]);
        return new[] { px - x0, py - y0, x1 - px, y1 - py }.Min() > 1e-9;
    }

    private double Alignment(int image, int target, int point)
    {
        var score = 1 / (1 + Math.Exp(-Logit(image, point, 64 + (int)_input.TargetRows[target][1]).Value));
        return Math.Pow(score, _options.ScoreExponent) * Math.Pow(Overlap(image, target, point), _options.IouExponent);
    }

    private double Overlap(int image, int target, int point)
    {
        double stride = _input.Strides[_points[point].Layer];
        var (x0, y0, x1, y1) = Box(image, point);
        return Math.Max(OracleIou.Of(_options.BoxIou, (x0 * stride, y0 * stride, x1 * stride, y1 * stride), Corners(target, 1)).Value, 0);
    }

    /// <summary>A target's corners in pixels, divided by a stride.</summary>
    private (double X0, double Y0, double X1, double Y1) Corners(int target, double stride)
    {
        var row = _input.TargetRows[target];
        var (x, y, w, h) = (row[2] * _width / stride, row[3] * _height / stride, row[4] * _width / stride, row[5] * _height / stride);
        return (x - (w / 2), y - (h / 2), x + (w / 2), y + (h / 2));
    }

    /// <summary>A point's predicted corners in cells.</summary>
    private (Dual X0, Dual Y0, Dual X1, Dual Y1) Box(int image, int point)
    {
        var (_, y, x) = _points[point];
        return ((x + 0.5) - Distance(image, point, 0), (y + 0.5) - Distance(image, point, 1), (x + 0.5) + Distance(image, point, 2), (y + 0.5) + Distance(image, point, 3));
    }

    private Dual Distance(int image, int point, int side)
    {
        Dual sum = 0, weighted = 0;
        for (var bin = 0; bin < Bins; bin++)
        {
            var weight = Dual.Exp(Logit(image, point, (side * Bins) + bin));
            sum += weight;
            weighted += weight * bin;
        }

        return weighted / sum;
    }

    private Dual Distribution(int image, int point, (double X0, double Y0, double X1, double Y1) wanted)
    {
        var (_, y, x) = _points[point];
        Dual loss = 0;
        foreach (var (side, distance) in new[] { x + 0.5 - wanted.X0, y + 0.5 - wanted.Y0, wanted.X1 - x - 0.5, wanted.Y1 - y - 0.5 }.Index())
        {
            var clamped = Math.Clamp(distance, 0, 14.99);
            var lower = (int)clamped;
            loss += (CrossEntropy(image, point, side, lower) * (lower + 1 - clamped)) + (CrossEntropy(image, point, side, lower + 1) * (clamped - lower));
        }

        return loss / 4;
    }

    private Dual CrossEntropy(int image, int point, int side, int bin)
    {
        Dual sum = 0;
        for (var other = 0; other < Bins; other++)
            sum += Dual.Exp(Logit(image, point, (side * Bins) + other));
        return Dual.Log(sum) - Logit(image, point, (side * Bins) + bin);
    }

    private double Wanted(IReadOnlyDictionary<(int Image, int Point), (int Target, double Score)> learned, int image, int point, int label)
    {
        if (!learned.TryGetValue((image, point), out var entry))
            return 0;
        double smoothing = _options.LabelSmoothing;
        var (positive, negative) = _options.LabelSmoothingRule == LabelSmoothingRule.Ultralytics ? (1 - (smoothing / 2), smoothing / 2) : (1 - smoothing, smoothing / (_input.ClassCount - 1.0));
        return entry.Score * ((int)_input.TargetRows[entry.Target][1] == label ? positive : negative);
    }

    private Dual Logit(int image, int point, int channel)
    {
        var (layer, y, x) = _points[point];
        var shape = _input.Maps[layer].shape;
        var index = (((((image * shape[1]) + channel) * shape[2]) + y) * shape[3]) + x;
        return new(_values[layer][index], _slopes[layer][index]);
    }
}
