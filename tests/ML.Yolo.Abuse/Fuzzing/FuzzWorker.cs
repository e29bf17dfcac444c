using System.Diagnostics;
using System.Text.Json;
using TorchSharp;

namespace ML.Yolo.Abuse.Fuzzing;

/// <summary>The process that reads the inputs. The one it reads lies beside its account: whoever watches has it where the process ends with it.</summary>
internal sealed class FuzzWorker : IDisposable
{
    /// <summary>Name of the input being read.</summary>
    public const string CurrentName = "current";

    /// <summary>Name of the file that names its target.</summary>
    public const string CurrentTargetName = "current-target";

    /// <summary>Name of the account.</summary>
    public const string TalliesName = "tallies.json";

    private readonly FuzzOptions _options;
    private readonly string _folder = Directory.CreateTempSubdirectory("ml-yolo-fuzz-").FullName;
    private readonly FuzzWatch _watch = new();
    private readonly Dictionary<string, FuzzTally> _tallies = [];

    private FuzzWorker(FuzzOptions options) => _options = options;

    /// <summary>Reads inputs until the time is over.</summary>
    /// <returns>0, whatever was found: that stands in the account.</returns>
    public static int Run(FuzzOptions options)
    {
        using var worker = new FuzzWorker(options);
        worker.Run();
        return 0;
    }

    /// <summary>Reads files, and says what comes of each.</summary>
    public static int Replay(string name, IReadOnlyList<string> files)
    {
        using var worker = new FuzzWorker(new FuzzOptions());
        var target = FuzzTargets.Create(name, worker._folder, corpus: null);
        foreach (var file in files)
            Console.WriteLine($"{file}: {worker.Read(target, File.ReadAllBytes(file)) ?? "fine"}");
        return 0;
    }

    public void Dispose()
    {
        _watch.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Run()
    {
        var names = FuzzTargets.All.Select(entry => entry.Name).Where(name => _options.Target is null ? !FuzzTargets.Programs.Contains(name) : _options.Target == name).ToList();
        var targets = names.ToDictionary(name => name, name => Warm(FuzzTargets.Create(name, _folder, _options.Corpus)));
        foreach (var name in names)
            _tallies[name] = new FuzzTally();
        var clock = Stopwatch.StartNew();
        var saved = TimeSpan.Zero;
        while (clock.Elapsed.TotalSeconds < _options.Seconds)
        {
            // Each target gets the same share of the time.
            var name = names.MinBy(name => _tallies[name].Milliseconds)!;
            Try(targets[name], _tallies[name]);
            if (clock.Elapsed - saved > TimeSpan.FromSeconds(1))
            {
                Save();
                saved = clock.Elapsed;
            }
        }

        Save();
    }

    /// <summary>The first reading compiles, and loads native libraries: that is not the input's doing.</summary>
    private static FuzzTarget Warm(FuzzTarget target)
    {
        foreach (var seed in target.Seeds.Take(3))
        {
            using var scope = torch.NewDisposeScope();
            try
            {
                target.Read(seed);
            }
            catch (Exception exception) when (target.IsDocumented(exception))
            {
                // Real files may be refused too.
            }
        }

        return target;
    }

    private void Try(FuzzTarget target, FuzzTally tally)
    {
        var input = target.Input(_options.Seed, tally.Inputs++);
        File.WriteAllBytes(Path.Combine(_options.Findings, CurrentName), input);
        File.WriteAllText(Path.Combine(_options.Findings, CurrentTargetName), target.Name);
        _last = (null, default, 0);
        var problem = Read(target, input);
        var (refusal, time, memory) = _last;
        tally.Milliseconds += time.TotalMilliseconds;
        tally.SlowestMilliseconds = Math.Max(tally.SlowestMilliseconds, time.TotalMilliseconds);
        tally.LargestMegabytes = Math.Max(tally.LargestMegabytes, memory / (double)(1 << 20));
        if (problem is null)
        {
            (tally.Accepted, tally.Refused) = refusal is null ? (tally.Accepted + 1, tally.Refused) : (tally.Accepted, tally.Refused + 1);
            return;
        }

        tally.Findings++;
        FuzzFinding.Save(_options.Findings, target.Name, input, problem);
    }

    private (Exception? Refusal, TimeSpan Time, long Memory) _last;

    /// <summary>What is wrong with how an input was read; null where nothing is.</summary>
    private string? Read(FuzzTarget target, byte[] input)
    {
        var (exception, time, memory) = _last = Measure(target, input);
        if (exception is not null && !target.IsDocumented(exception))
            return exception.ToString();
        if (time <= FuzzWatch.MaxTime && memory <= FuzzWatch.MaxMemory)
            return null;

        // A collection of garbage that others left counts too: so again, on clean ground.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        (_, time, memory) = _last = Measure(target, input);
        return time > FuzzWatch.MaxTime ? FormattableString.Invariant($"It took {time.TotalSeconds:F1} seconds of the processor.")
            : memory > FuzzWatch.MaxMemory ? FormattableString.Invariant($"It took {memory >> 20} megabytes.")
            : null;
    }

    private (Exception? Exception, TimeSpan Time, long Memory) Measure(FuzzTarget target, byte[] input)
    {
        Exception? thrown = null;
        _watch.Begin();
        using (torch.NewDisposeScope())
        {
            try
            {
                target.Read(input);
            }
            catch (Exception exception)
            {
                thrown = exception;
            }
        }

        var (time, memory) = _watch.End();
        return (thrown, time, memory);
    }

    private void Save() => File.WriteAllText(Path.Combine(_options.Findings, TalliesName), JsonSerializer.Serialize(_tallies));
}
