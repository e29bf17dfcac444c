using System.Diagnostics;

namespace ML.Yolo.Benchmarks;

/// <summary>Times two actions side by side, so that whatever else the machine does slows both.</summary>
internal static class Timing
{
    private const int Rounds = 15;
    private const int WarmupRounds = 2;

    /// <summary>Median time of the first over median time of the second, run in turns.</summary>
    public static double Quotient(Action first, Action second, int rounds = Rounds)
    {
        var times = (First: new List<double>(), Second: new List<double>());
        for (var round = 0; round < WarmupRounds + rounds; round++)
        {
            var (a, b) = (Seconds(first), Seconds(second));
            if (round < WarmupRounds)
                continue;
            times.First.Add(a);
            times.Second.Add(b);
        }

        return Median(times.First) / Median(times.Second);
    }

    private static double Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
