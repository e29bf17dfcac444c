using System.Diagnostics;

namespace ML.Yolo.Tests;

/// <summary>A program run to its end.</summary>
internal static class ChildProcess
{
    /// <summary>Runs it, and returns its exit code and all it printed: standard output, then standard error.</summary>
    public static (int ExitCode, string Output) Run(string program, params string[] arguments) => RunIn("", program, arguments);

    /// <summary>Runs it in a folder, and returns the same.</summary>
    public static (int ExitCode, string Output) RunIn(string folder, string program, params string[] arguments)
        => RunWith(new Dictionary<string, string>(), folder, program, arguments);

    /// <summary>Runs it in a folder with other variables of the environment, and returns the same.</summary>
    public static (int ExitCode, string Output) RunWith(
        IReadOnlyDictionary<string, string> variables, string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
