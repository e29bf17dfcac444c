using System.Diagnostics;
using System.Globalization;
using ML.Yolo.Benchmarks.Reference;
using ML.Yolo.Devices;
using ML.Yolo.Imaging;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;
using static TorchSharp.torch;

namespace ML.Yolo.Benchmarks;

/// <summary>How cost grows with image size, batch, classes, targets and network: tables for docs/performance.md and plots as SVG.</summary>
internal static class ScalingRun
{
    private const int Rounds = 7;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <summary>Measures training by size, batch and classes, and the loss by targets.</summary>
    /// <param name="folder">Where the plots go.</param>
    public static void Training(string folder)
    {
        using var memory = FreedMemory.Keep();
        Write(folder, "step-by-size", "Side of the images, pixels", "ms per image, a training step of 8",
            [.. new[] { 160, 224, 320, 416, 512, 640 }.Select(size => ((double)size, Step(size, 8, 80) / 8))]);
        Write(folder, "step-by-batch", "Images per batch, 320 pixels", "ms per image, a training step",
            [.. new[] { 1, 2, 4, 8, 16 }.Select(batch => ((double)batch, Step(320, batch, 80) / batch))]);
        Write(folder, "step-by-classes", "Classes", "ms, a training step of 8 at 320 pixels",
            [.. new[] { 1, 20, 80, 365 }.Select(classes => ((double)classes, Step(320, 8, classes)))]);
        Write(folder, "loss-by-targets", "Targets in a batch of 8 at 320 pixels", "ms, loss forward and backward",
            [.. new[] { 0, 60, 250, 1000, 4000 }.Select(targets => ((double)targets, Loss(targets)))]);
    }

    /// <summary>Measures every architecture, 640 pixels, one image: milliseconds from bytes to detections with either engine.</summary>
    /// <param name="pattern">What the names begin with.</param>
    public static void Networks(string pattern)
    {
        foreach (var architecture in YoloArchitecture.All.Where(one => one.Name.StartsWith(pattern, StringComparison.OrdinalIgnoreCase)))
        {
            var context = new Microsoft.ML.MLContext();
            using var torch = new YoloTransformer(
                YoloNetwork.Create(architecture, 80), CPU, [.. Enumerable.Range(0, 80).Select(i => $"{i}")], new YoloTrainer.Options { Architecture = architecture });
            using var onnx = torch.ToOnnxRuntime(context);
            var pixels = new byte[640 * 640 * ResizedImage.Channels];
            new Random(0).NextBytes(pixels);
            LetterboxedImage[] images = [new(new ResizedImage(640, 640, pixels), Letterbox.Fit(640, 640, 640, 640))];
            var (first, second) = (Settled(() => torch.Engine.Detect(images, new NmsOptions())), Settled(() => onnx.Engine.Detect(images, new NmsOptions())));
            Console.WriteLine(FormattableString.Invariant($"| {architecture.Name} | {first:F0} | {second:F0} |"));
        }
    }

    /// <summary>Median milliseconds, once .NET has compiled what runs often for a second time.</summary>
    private static double Settled(Action action)
    {
        var clock = Stopwatch.StartNew();
        do
            action();
        while (clock.Elapsed < WarmUp);
        return Timing.Median(action, Rounds);
    }

    private static double Step(int size, int batch, int classes)
    {
        using var network = YoloNetwork.Create(Workload.Architecture, classes);
        using var loss = AnchorLoss.Create(new YoloV5LossOptions(), network.Anchors!);
        using var optimizer = optim.SGD(network.parameters(), 1e-6, momentum: 0.9, nesterov: true);
        using var images = rand(batch, 3, size, size);
        using var targets = Targets(60, batch, classes);
        return Timing.Median(
            () =>
            {
                using var scope = NewDisposeScope();
                loss.Compute(network.call(images), targets).Total.backward();
                optimizer.step();
                optimizer.zero_grad();
            },
            Rounds);
    }

    private static double Loss(int count)
    {
        using var scope = NewDisposeScope();
        using var network = YoloNetwork.Create(Workload.Architecture, Workload.ClassCount);
        using var loss = AnchorLoss.Create(new YoloV5LossOptions(), network.Anchors!);
        var maps = network.Forward(rand(8, 3, 320, 320)).Select(map => map.detach().requires_grad_()).ToArray();
        var targets = Targets(count, 8, Workload.ClassCount);
        return Timing.Median(
            () =>
            {
                using var inner = NewDisposeScope();
                autograd.grad([loss.Compute(maps, targets).Total], maps);
            },
            4 * Rounds);
    }

    private static Tensor Targets(int count, int batch, int classes)
    {
        using var scope = NewDisposeScope();
        var places = cat([randint(0, batch, [count, 1], ScalarType.Float32), randint(0, classes, [count, 1], ScalarType.Float32)], 1);
        return cat([places, rand(count, 2), (rand(count, 2) * 0.5) + 0.02], 1).MoveToOuterDisposeScope();
    }

    private static void Write(string folder, string name, string x, string y, (double X, double Y)[] points)
    {
        Console.WriteLine($"{name}: {string.Join("; ", points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:F0}: {point.Y:F2}")))}");
        var model = new PlotModel { Culture = CultureInfo.InvariantCulture, DefaultFont = "sans-serif", Background = OxyColors.White };
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = x, Minimum = 0, MajorGridlineStyle = LineStyle.Dot });
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = y, Minimum = 0, MajorGridlineStyle = LineStyle.Dot });
        var line = new LineSeries { Color = OxyColors.SteelBlue, MarkerType = MarkerType.Circle, MarkerFill = OxyColors.SteelBlue };
        line.Points.AddRange(points.Select(point => new DataPoint(point.X, point.Y)));
        model.Series.Add(line);
        using var file = File.Create(Path.Combine(folder, $"{name}.svg"));
        new SvgExporter { Width = 520, Height = 320 }.Export(model, file);
    }
}
