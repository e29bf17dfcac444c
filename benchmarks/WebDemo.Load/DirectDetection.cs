using System.Diagnostics;
using ML.Yolo;

namespace WebDemo.Load;

/// <summary>What the same model does on the same pictures without a server: the measure for the server's throughput.</summary>
internal static class DirectDetection
{
    public static double ImagesPerSecond(string model, IReadOnlyList<string> paths, TimeSpan time)
    {
        using var detector = YoloDetector.Load(model);
        foreach (var found in detector.DetectMany(paths))
            GC.KeepAlive(found);                                                         // a round to warm up
        var (clock, images) = (Stopwatch.StartNew(), 0);
        foreach (var found in detector.DetectMany(Endless(paths)))
        {
            GC.KeepAlive(found);
            images++;
            if (clock.Elapsed >= time)
                break;
        }

        return images / clock.Elapsed.TotalSeconds;
    }

    private static IEnumerable<string> Endless(IReadOnlyList<string> paths)
    {
        for (var i = 0; ; i++)
            yield return paths[i % paths.Count];
    }
}
