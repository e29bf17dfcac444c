using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Data;

namespace ML.Yolo.Cli.Models;

/// <summary>Milliseconds from a decoded picture to its boxes, one picture at a time.</summary>
internal sealed class Latency
{
    private const int WarmUps = 5;

    private readonly double[] _sorted;

    private Latency(double[] sorted) => _sorted = sorted;

    /// <summary>Measures a detector, after a few runs that do not count.</summary>
    public static Latency Measure(YoloDetector detector, MLImage image, int runs)
    {
        for (var i = 0; i < WarmUps; i++)
            detector.Detect(image);
        var times = new double[runs];
        for (var i = 0; i < runs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            detector.Detect(image);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return new Latency(times);
    }

    /// <summary>Median, tenth and ninetieth per cent, and pictures per second at the median.</summary>
    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{At(0.5),9:F2}{At(0.1),9:F2}{At(0.9),9:F2}{1000 / At(0.5),12:F1}");

    private double At(double share) => _sorted[(int)Math.Round(share * (_sorted.Length - 1))];
}
