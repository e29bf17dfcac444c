using System.Globalization;
using BenchmarkDotNet.Running;
using ML.Yolo.Benchmarks;

// "ratios [name …]" takes a minute and prints quotients; "accuracy SET EPOCHS SEED [WEIGHTS] [OPTION=VALUE …]" trains and measures;
// anything else goes to BenchmarkDotNet, for instance "--filter *Loss*".
Ratio[] ratios =
[
    LossBenchmark.ShareOfStep, AssignmentBenchmark.Usual, AssignmentBenchmark.Crowded,
    ImagePipelineBenchmark.AgainstSkiaSharp, EvaluationBenchmark.Linearity,
    OnnxEngineBenchmark.Engines, OnnxEngineBenchmark.LibTorchPostprocessing, OnnxEngineBenchmark.OnnxPostprocessing,
];

if (args is ["accuracy", var set, var epochs, var seed, .. var more])
{
    AccuracyRun.Measure(set, int.Parse(epochs, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture), more);
    return 0;
}

if (args is not ["ratios", .. var names])
{
    BenchmarkSwitcher.FromAssembly(typeof(Ratio).Assembly).Run(args);
    return 0;
}

if (names.FirstOrDefault(name => ratios.All(ratio => ratio.Name != name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no ratio '{unknown}'; there are {string.Join(", ", ratios.Select(ratio => ratio.Name))}.");
    return 2;
}

foreach (var ratio in ratios.Where(ratio => names.Length == 0 || names.Contains(ratio.Name)))
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ratio.Name,-24} {ratio.Measure(),8:F3}   {ratio.Claim}"));
return 0;
