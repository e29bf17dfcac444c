using System.Diagnostics;

namespace ML.Yolo.Benchmarks;

/// <summary>Times two actions side by side, so that whatever else the machine does slows both.</summary>
internal static class Timing
{
    private const int Rounds = 15;
    private const int WarmupRounds = 2;

    /// <summary>Median times of both, run in turns.</summary>
    public static Comparison Compare(Action first, Action second, int rounds = Rounds)
    {
        var times = (First: new List<double>(), Second: new List<double>());
        for (var round = 0; round < WarmupRounds + rounds; round++)
        {
            var (a, b) = (Milliseconds(first), Milliseconds(second));
            if (round < WarmupRounds)
                continue;
            times.First.Add(a);
            times.Second.Add(b);
        }

        return new Comparison(Median(times.First), Median(times.Second));
    }

    /// <summary>Median times of both, one after the other: threads of ONNX Runtime spin a while after a run, which would slow what comes next.</summary>
    public static Comparison CompareInTurns(Action first, Action second, int rounds = Rounds) => new(Median(first, rounds), Median(second, rounds));

    /// <summary>Median time of one action.</summary>
    public static double Median(Action action, int rounds = Rounds, int warmupRounds = WarmupRounds)
    {
        for (var round = 0; round < warmupRounds; round++)
            action();
        return Median([.. Enumerable.Range(0, rounds).Select(_ => Milliseconds(action))]);
    }

    /// <summary>The value in the middle.</summary>
    public static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    /// <summary>How long an action takes.</summary>
    public static double Milliseconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
