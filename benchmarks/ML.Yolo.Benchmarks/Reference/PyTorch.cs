using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ML.Yolo.Benchmarks.Reference;

/// <summary>A Python process that runs the same work in PyTorch when asked, so that both sides can be timed in turns.</summary>
internal sealed class PyTorch : IDisposable
{
    private const int WarmupRounds = 2;
    private const int Turns = 3;

    private readonly Process _process;

    private PyTorch(Process process, string version, double lossValue) => (_process, Version, LossValue) = (process, version, lossValue);

    /// <summary>PyTorch's version.</summary>
    public string Version { get; }

    /// <summary>The loss it computes of <see cref="Workload.Waves"/>.</summary>
    public double LossValue { get; }

    /// <summary>Starts the first Python on the path that has PyTorch; null where none has.</summary>
    public static PyTorch? Start(Workload workload)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Reference", "reference.py");
        foreach (var python in Candidates())
        {
            var process = Process.Start(new ProcessStartInfo(python, ["-u", script])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            if (Greet(process, workload) is { } greeting)
                return new PyTorch(process, (string)greeting["version"]!, (double)greeting["value"]!);
            process.Dispose();
        }

        return null;
    }

    /// <summary>Times an action against the same in PyTorch, in turns.</summary>
    /// <param name="ours">The action.</param>
    /// <param name="work">What the script calls it.</param>
    /// <param name="threads">Threads of PyTorch.</param>
    /// <param name="rounds">Runs of each per turn.</param>
    public Comparison Compare(Action ours, string work, int threads, int rounds)
    {
        var (first, second) = (new List<double>(), new List<double>());
        for (var round = 0; round < WarmupRounds; round++)
            ours();
        Ask(work, threads, WarmupRounds);
        for (var turn = 0; turn < Turns; turn++)
        {
            first.AddRange(Enumerable.Range(0, rounds).Select(_ => Timing.Milliseconds(ours)));
            second.AddRange(Ask(work, threads, rounds));
        }

        return new Comparison(Timing.Median(first), Timing.Median(second));
    }

    /// <summary>Median milliseconds of work in PyTorch.</summary>
    public double Time(string work, int threads, int rounds)
    {
        Ask(work, threads, WarmupRounds);
        return Timing.Median([.. Ask(work, threads, rounds)]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static IEnumerable<string> Candidates()
    {
        string[] names = OperatingSystem.IsWindows() ? ["python.exe", "python3.exe"] : ["python3", "python"];
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.SelectMany(folder => names.Select(name => Path.Combine(folder, name))).Where(File.Exists);
    }

    private static JsonObject? Greet(Process process, Workload workload)
    {
        try
        {
            process.StandardInput.WriteLine(workload.ToJson());
            process.StandardInput.Flush();
        }
        catch (IOException)
        {
            return null;                                                                  // it ended at once: no PyTorch there
        }

        return process.StandardOutput.ReadLine() is { } line ? (JsonObject)JsonNode.Parse(line)! : null;
    }

    private double[] Ask(string work, int threads, int rounds)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(new { work, threads, rounds }));
        _process.StandardInput.Flush();
        var line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The Python process ended while it ran '{work}'.");
        return [.. JsonNode.Parse(line)!["ms"]!.AsArray().Select(number => (double)number!)];
    }
}
