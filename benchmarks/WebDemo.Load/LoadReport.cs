using System.Globalization;
using System.Text;

namespace WebDemo.Load;

/// <summary>What a run showed, and whether the server held.</summary>
internal sealed class LoadReport(IReadOnlyList<Answer> answers, IReadOnlyList<long> memory, TimeSpan time, bool isRunning)
{
    // Heaps breathe; a leak of a request's bytes would be far above this after thousands of requests.
    private const double MaxGrowth = 1.25;
    private const int ServerError = 500;
    private const int Busy = 503;
    private const int Ok = 200;

    private IReadOnlyList<Answer> Good { get; } = [.. answers.Where(answer => answer is { Kind: UploadKind.Good, Status: Ok })];

    private int Faults { get; } = answers.Count(answer => answer.Status >= ServerError && answer.Status != Busy);

    private int Broken { get; } = answers.Count(answer => answer.Status == -1);

    /// <summary>Bad uploads that were taken for good ones.</summary>
    private int Mistaken { get; } = answers.Count(answer => answer.Status == Ok && answer.Kind is not (UploadKind.Good or UploadKind.HangsUp));

    /// <summary>The last third's median memory by the second third's: the first is warming up.</summary>
    private double Growth => memory.Count < 6
        ? 1
        : (double)Median(memory.Skip(memory.Count * 2 / 3)) / Median(memory.Skip(memory.Count / 3).Take(memory.Count / 3));

    /// <summary>Processor time of the server.</summary>
    public required TimeSpan ServerTime { get; init; }

    /// <summary>Processor time of the callers, which a server in use does not have beside it.</summary>
    public required TimeSpan CallerTime { get; init; }

    /// <summary>Whether the server was there to the end, failed nobody, mistook nothing, and took no more and more memory.</summary>
    public bool Holds => isRunning && Good.Count > 0 && Faults == 0 && Broken == 0 && Mistaken == 0 && Growth <= MaxGrowth;

    public string ToText(double imagesPerSecondDirectly)
    {
        var rate = answers.Count(answer => answer.Status == Ok) / time.TotalSeconds;
        var text = new StringBuilder();
        foreach (var group in answers.GroupBy(answer => (answer.Kind, answer.Status)).OrderBy(group => group.Key))
            text.AppendLine(CultureInfo.InvariantCulture, $"{group.Key.Kind,-10} {group.Key.Status,4} {group.Count(),8}");
        var share = rate / imagesPerSecondDirectly;
        text.AppendLine(CultureInfo.InvariantCulture, $"detected     {rate,8:F1} images per second, {share:F2} of DetectMany's {imagesPerSecondDirectly:F1}");
        text.AppendLine(CultureInfo.InvariantCulture, $"answered in  p50 {Percentile(50):F0} ms, p95 {Percentile(95):F0} ms, p99 {Percentile(99):F0} ms");
        var all = time.TotalSeconds * Environment.ProcessorCount;
        text.AppendLine(CultureInfo.InvariantCulture,
            $"processors   {ServerTime.TotalSeconds / all:P0} of their time for the server, {CallerTime.TotalSeconds / all:P0} for the callers");
        var max = memory.DefaultIfEmpty().Max() / 1e6;
        text.AppendLine(CultureInfo.InvariantCulture, $"memory       max {max:F0} MB; the last third by the second {Growth:F2}");
        return text.Append(Holds ? "The server held." : "The server did not hold.").ToString();
    }

    private static long Median(IEnumerable<long> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private double Percentile(int percent)
    {
        var sorted = Good.Select(answer => answer.Time.TotalMilliseconds).Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)];
    }
}
