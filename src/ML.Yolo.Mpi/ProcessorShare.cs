using System.Globalization;
using System.Text;

namespace ML.Yolo.Mpi;

/// <summary>Which ranks are on one machine, and how many of its processors are whose.</summary>
/// <param name="LocalRank">Number of this rank among those of its machine.</param>
/// <param name="LocalSize">Ranks of this machine.</param>
/// <param name="Processors">Processors that are this rank's share, at least 1.</param>
internal sealed record ProcessorShare(int LocalRank, int LocalSize, int Processors)
{
    private const string LinuxStatus = "/proc/self/status";
    private const string AllowedMark = "Cpus_allowed_list:";

    /// <summary>What a rank tells the others: its machine, and which of its processors it may run on.</summary>
    public static byte[] Describe(string machine) => Encoding.UTF8.GetBytes($"{machine}\n{AllowedProcessors()}");

    /// <summary>Of what all ranks told. Launchers that bind ranks give each its own processors, others give all of them to all.</summary>
    public static ProcessorShare Of(int rank, IReadOnlyList<byte[]> descriptions)
    {
        var all = descriptions.Select(bytes => Encoding.UTF8.GetString(bytes).Split('\n')).ToList();
        var local = Enumerable.Range(0, all.Count).Where(other => all[other][0] == all[rank][0]).ToList();
        return new ProcessorShare(local.IndexOf(rank), local.Count, Share(all[rank][1], [.. local.Select(other => all[other][1])]));
    }

    private static int Share(string own, string[] ofMachine)
    {
        var share = own.Length == 0
            ? (double)Environment.ProcessorCount / ofMachine.Length
            : Numbers(own).Sum(processor => 1.0 / ofMachine.Count(list => Numbers(list).Contains(processor)));
        return Math.Clamp((int)Math.Round(share, MidpointRounding.ToZero), 1, Environment.ProcessorCount);
    }

    private static HashSet<int> Numbers(string list)
    {
        var numbers = new HashSet<int>();
        foreach (var range in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = Array.ConvertAll(range.Split('-'), end => int.Parse(end, NumberStyles.None, CultureInfo.InvariantCulture));
            numbers.UnionWith(Enumerable.Range(ends[0], ends[^1] - ends[0] + 1));
        }

        return numbers;
    }

    /// <summary>Such as "0-3,8"; empty where the system does not tell.</summary>
    private static string AllowedProcessors()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(LinuxStatus))
            return "";
        var line = File.ReadLines(LinuxStatus).FirstOrDefault(text => text.StartsWith(AllowedMark, StringComparison.Ordinal));
        return line is null ? "" : line[AllowedMark.Length..].Trim();
    }
}
