using System.Globalization;
using BenchmarkDotNet.Running;
using ML.Yolo.Benchmarks;

// "ratios [name …]" takes three minutes and prints quotients; "profile" prints where the time of a training step goes;
// "accuracy SET EPOCHS SEED [WEIGHTS] [OPTION=VALUE …]" trains and measures;
// anything else goes to BenchmarkDotNet, for instance "--filter *Loss*".
if (args is ["accuracy", var set, var epochs, var seed, .. var more])
{
    AccuracyRun.Measure(set, int.Parse(epochs, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture), more);
    return 0;
}

if (args is ["ratios", .. var names])
    return RatioTable.Print(names);
if (args is ["profile"])
{
    StepProfile.Print();
    return 0;
}

BenchmarkSwitcher.FromAssembly(typeof(Ratio).Assembly).Run(args);
return 0;
