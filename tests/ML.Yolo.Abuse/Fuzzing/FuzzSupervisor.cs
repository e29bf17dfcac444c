using System.Diagnostics;
using System.Text.Json;

namespace ML.Yolo.Abuse.Fuzzing;

/// <summary>Runs workers until the time is over: where one ends with its input, another goes on.</summary>
internal static class FuzzSupervisor
{
    // What takes more ends in an exception of the worker, which is a finding.
    private const string HeapLimit = "0x40000000";

    // Of Unix: 128 and the signal. The runtime aborts where a stack overflows or the heap is out of order.
    private const int Abort = 134;

    /// <summary>Fuzzes.</summary>
    /// <returns>Whether nothing was found.</returns>
    public static bool Run(FuzzOptions options, TextWriter output)
    {
        Directory.CreateDirectory(options.Findings);
        output.WriteLine(FormattableString.Invariant($"Fuzzing for {options.Seconds} s with --seed {options.Seed}; findings go to {options.Findings}."));
        var (clock, earlier) = (Stopwatch.StartNew(), FuzzFinding.In(options.Findings));
        var tallies = new SortedDictionary<string, FuzzTally>(StringComparer.Ordinal);
        for (var worker = options; worker.Seconds > 0; worker = Next(worker, options.Seconds - clock.Elapsed.TotalSeconds))
        {
            File.Delete(Path.Combine(options.Findings, FuzzWorker.TalliesName));
            var (exitCode, errors) = Start(worker);
            Add(tallies, options.Findings);
            if (exitCode == 0)
                break;
            Save(options.Findings, exitCode, errors);
        }

        var findings = FuzzFinding.In(options.Findings).Except(earlier).ToList();
        output.Write(FuzzTally.Table(tallies));
        findings.ForEach(output.WriteLine);
        return findings.Count == 0;
    }

    private static FuzzOptions Next(FuzzOptions worker, double seconds) => worker with { Seed = worker.Seed + 1, Seconds = seconds };

    private static (int ExitCode, string Errors) Start(FuzzOptions options)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(FuzzSupervisor).Assembly.Location, "fuzz-worker", .. options.ToArguments()])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_GCHeapHardLimit"] = HeapLimit, ["DOTNET_DbgEnableMiniDump"] = "0", ["OMP_NUM_THREADS"] = "1" },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd() + output.Result;
        process.WaitForExit();
        return (process.ExitCode, errors);
    }

    /// <summary>Keeps the input that a worker ended with, and tells the ways apart.</summary>
    private static void Save(string folder, int exitCode, string errors)
    {
        var kind = exitCode == FuzzWatch.Hangs ? "It came to no end."
            : errors.Contains("Stack overflow", StringComparison.Ordinal) ? "The stack of managed code overflowed."
            : errors.Contains("Unhandled exception", StringComparison.Ordinal) ? "An exception was not handled."
            : exitCode >= Abort ? FormattableString.Invariant($"Native code ended the process with code {exitCode}.")
            : FormattableString.Invariant($"The process ended with code {exitCode}.");
        var current = Path.Combine(folder, FuzzWorker.CurrentName);
        var target = Path.Combine(folder, FuzzWorker.CurrentTargetName);
        if (File.Exists(current) && File.Exists(target))
            FuzzFinding.Save(folder, File.ReadAllText(target), File.ReadAllBytes(current), $"{kind}\n{errors}");
        else
            FuzzFinding.Save(folder, "worker", [], $"{kind}\n{errors}");
        File.Delete(current);
    }

    private static void Add(SortedDictionary<string, FuzzTally> tallies, string folder)
    {
        var path = Path.Combine(folder, FuzzWorker.TalliesName);
        if (!File.Exists(path))
            return;
        foreach (var (name, tally) in JsonSerializer.Deserialize<Dictionary<string, FuzzTally>>(File.ReadAllText(path))!)
            tallies[name] = tallies.GetValueOrDefault(name, new FuzzTally()).Plus(tally);
    }
}
