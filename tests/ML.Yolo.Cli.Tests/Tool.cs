using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ML.Yolo.Cli.Tests;

/// <summary>The built tool, run as a process.</summary>
internal static class Tool
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "mlyolo.dll");

    /// <summary>Runs it in a folder to its end.</summary>
    public static Outcome Run(string folder, params string[] arguments) => Run(folder, input: null, "dotnet", [Assembly, .. arguments]);

    /// <summary>Runs it in a folder with text on standard input.</summary>
    public static Outcome RunWithInput(string folder, string input, params string[] arguments) => Run(folder, input, "dotnet", [Assembly, .. arguments]);

    /// <summary>Runs any program.</summary>
    public static Outcome Run(string folder, string? input, string program, string[] arguments)
    {
        using var process = Start(folder, program, arguments);
        if (input is not null)
            process.StandardInput.Write(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, error.Result);
    }

    /// <summary>Runs it, and presses Ctrl-C once a line of standard output begins with a text.</summary>
    public static Outcome RunAndInterruptAt(string folder, string lineStart, params string[] arguments)
    {
        using var process = Start(folder, "dotnet", [Assembly, .. arguments]);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = new List<string>();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            output.Add(line);
            if (line.TrimStart().StartsWith(lineStart, StringComparison.Ordinal))
                Assert.Equal(0, Kill(process.Id, Interrupt));
        }

        process.WaitForExit();
        return new Outcome(process.ExitCode, string.Join('\n', output), error.Result);
    }

    private const int Interrupt = 2;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Kill(int process, int signal);

    private static Process Start(string folder, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        // One thread finishes small pictures soonest, and a German system writes 0,5.
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["LANG"] = "de_DE.UTF-8";
        return Process.Start(start)!;
    }

    /// <summary>What a process left.</summary>
    internal sealed record Outcome(int ExitCode, string Output, string Error)
    {
        public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        /// <summary>The error is one line, and nothing else says error.</summary>
        public string ErrorLine => Assert.Single(Error.Split('\n'), line => line.StartsWith("error: ", StringComparison.Ordinal));
    }
}
