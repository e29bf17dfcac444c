using System.Globalization;
using BenchmarkDotNet.Running;
using ML.Yolo.Benchmarks;

// "ratios [name …]" takes three minutes and prints quotients; "profile [step|scoring]" prints where the time goes;
// "accuracy SET EPOCHS SEED [WEIGHTS] [OPTION=VALUE …]" trains and measures;
// "scaling FOLDER" measures training by size, batch, classes and targets, and writes plots; "networks [PREFIX]" every architecture with both engines;
// "soak" scores ten thousand images and tells whether memory stays flat;
// anything else goes to BenchmarkDotNet, for instance "--filter *Loss*".
if (args is ["accuracy", var set, var epochs, var seed, .. var more])
{
    AccuracyRun.Measure(set, int.Parse(epochs, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture), more);
    return 0;
}

if (args is ["ratios", .. var names])
    return RatioTable.Print(names);
if (args is ["profile", .. var parts])
{
    if (parts is not ["scoring"])
        StepProfile.Print();
    if (parts is not ["step"])
        ScoringProfile.Print();
    return 0;
}

if (args is ["scaling", var folder])
{
    ScalingRun.Training(folder);
    return 0;
}

if (args is ["networks", .. var prefixes])
{
    ScalingRun.Networks(prefixes.FirstOrDefault() ?? "");
    return 0;
}

if (args is ["soak"])
    return MemorySoak.Run();
BenchmarkSwitcher.FromAssembly(typeof(Ratio).Assembly).Run(args);
return 0;
