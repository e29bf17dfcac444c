using System.Globalization;
using System.Text;

namespace ML.Yolo.Abuse.Fuzzing;

/// <summary>What came of the inputs of one target.</summary>
internal sealed record FuzzTally
{
    public int Inputs { get; set; }

    public int Accepted { get; set; }

    public int Refused { get; set; }

    public int Findings { get; set; }

    /// <summary>Longest processor time of an input, milliseconds.</summary>
    public double SlowestMilliseconds { get; set; }

    /// <summary>Largest growth of the process over one input, megabytes.</summary>
    public double LargestMegabytes { get; set; }

    /// <summary>Processor time of all inputs, milliseconds.</summary>
    public double Milliseconds { get; set; }

    /// <summary>The sum with another's numbers.</summary>
    public FuzzTally Plus(FuzzTally other) => new()
    {
        Inputs = Inputs + other.Inputs,
        Accepted = Accepted + other.Accepted,
        Refused = Refused + other.Refused,
        Findings = Findings + other.Findings,
        SlowestMilliseconds = Math.Max(SlowestMilliseconds, other.SlowestMilliseconds),
        LargestMegabytes = Math.Max(LargestMegabytes, other.LargestMegabytes),
        Milliseconds = Milliseconds + other.Milliseconds,
    };

    /// <summary>A line per target, and one for all.</summary>
    public static string Table(IReadOnlyDictionary<string, FuzzTally> tallies)
    {
        var text = new StringBuilder($"{"target",-16} {"inputs",9} {"accepted",9} {"refused",9} {"findings",9} {"slowest ms",11} {"most MB",8}\n");
        foreach (var (name, tally) in tallies.Append(new("all", tallies.Values.Aggregate(new FuzzTally(), (sum, tally) => sum.Plus(tally)))))
        {
            text.Append(CultureInfo.InvariantCulture, $"{name,-16} {tally.Inputs,9} {tally.Accepted,9} {tally.Refused,9} {tally.Findings,9} ");
            text.Append(CultureInfo.InvariantCulture, $"{tally.SlowestMilliseconds,11:F0} {tally.LargestMegabytes,8:F0}\n");
        }

        return text.ToString();
    }
}
