using System.Diagnostics;
using System.Runtime.InteropServices;
using ML.Yolo.Benchmarks.Reference;
using static TorchSharp.torch;

namespace ML.Yolo.Benchmarks;

/// <summary>Measures ratios and prints them as a table: on which machine, how long both took, the quotient, and whether it is as it should be.</summary>
internal static class RatioTable
{
    /// <summary>Prints the ratios of those names, or all.</summary>
    /// <returns>What the program ends with: 2 where there is no such ratio.</returns>
    public static int Print(IReadOnlyList<string> names)
    {
        using var reference = new PyTorchRatios();
        Ratio[] ratios =
        [
            ScoringRatios.PredictionEngineLibTorch, ScoringRatios.PredictionEngineOnnx, OnnxEngineBenchmark.Engines, .. reference.All,
            OnnxEngineBenchmark.LibTorchPostprocessing, OnnxEngineBenchmark.OnnxPostprocessing,
            LossBenchmark.ShareOfStep, AssignmentBenchmark.Usual, AssignmentBenchmark.Crowded,
            ImagePipelineBenchmark.AgainstSkiaSharp, EvaluationBenchmark.Linearity,
        ];
        if (names.FirstOrDefault(name => ratios.All(ratio => ratio.Name != name)) is { } unknown)
        {
            Console.Error.WriteLine($"There is no ratio '{unknown}'; there are {string.Join(", ", ratios.Select(ratio => ratio.Name))}.");
            return 2;
        }

        var chosen = ratios.Where(ratio => names.Count == 0 || names.Contains(ratio.Name)).ToList();
        var isReferenceWanted = chosen.Exists(ratio => ratio.IsAgainstPyTorch);
        Say($"{Processor()}, {Environment.ProcessorCount} cores; {RuntimeInformation.OSDescription}; {RuntimeInformation.FrameworkDescription}");
        Say($"LibTorch {__version__}, {get_num_threads()} threads");
        if (isReferenceWanted)
            SayReference(reference);
        Say($"{"",-24} {"ms",9} {"of ms",9} {"ratio",7} {"goal",6}");
        var clock = Stopwatch.StartNew();
        foreach (var ratio in chosen.Where(ratio => !ratio.IsAgainstPyTorch || reference.Version is not null))
            Print(ratio);
        Say($"{clock.Elapsed.TotalSeconds:F0} s");
        return 0;
    }

    private static void SayReference(PyTorchRatios reference)
    {
        if (reference.Version is not { } version)
        {
            Say($"No Python on the path has PyTorch: the ratios to it are left out.");
            return;
        }

        reference.CheckLoss();
        Say($"PyTorch {version}");
    }

    private static void Print(Ratio ratio)
    {
        var times = ratio.Measure();
        var outcome = ratio.Goal is not { } goal ? "" : times.Quotient <= goal ? "met" : "missed";
        Say($"{ratio.Name,-24} {times.First,9:F2} {times.Second,9:F2} {times.Quotient,7:F3} {ratio.Goal,6:F2} {outcome,-6} {ratio.Claim}");
    }

    private static void Say(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));

    private static string Processor()
    {
        const string Source = "/proc/cpuinfo";
        var line = File.Exists(Source) ? File.ReadLines(Source).FirstOrDefault(entry => entry.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':')[1].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
