using ML.Yolo.Abuse.Faults;
using ML.Yolo.Abuse.Fuzzing;

namespace ML.Yolo.Abuse;

/// <summary>The other processes of the tests, and the fuzzer by hand: <c>dotnet ML.Yolo.Abuse.dll fuzz --seconds 3600 --seed 1 --corpus FOLDER</c>.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => arguments switch
    {
        ["fuzz", .. var rest] => FuzzSupervisor.Run(FuzzOptions.Parse(rest), Console.Out) ? 0 : 1,
        ["fuzz-worker", .. var rest] => FuzzWorker.Run(FuzzOptions.Parse(rest)),
        ["replay", var target, .. var files] => FuzzWorker.Replay(target, files),
        [var role, .. var rest] => FaultProcess.Run(role, rest),
        _ => Usage(),
    };

    private static int Usage()
    {
        Console.Error.WriteLine("fuzz [--seconds N] [--seed N] [--target NAME] [--corpus FOLDER] [--findings FOLDER] | replay TARGET FILE…");
        return 64;
    }
}
