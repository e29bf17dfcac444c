using System.Diagnostics;

namespace ML.Yolo.Tests.Distributed;

/// <summary>The MPI of this machine, if there is one that the library can use.</summary>
internal static class MpiRunner
{
    private static readonly string[] Names = ["mpirun.mpich", "mpirun"];

    private static readonly string? Runner = Array.Find(Names, IsHydra);

    /// <summary>The command that starts processes.</summary>
    public static string Command => Runner!;

    /// <summary>Why there is none; null where there is.</summary>
    public static string? Absence => Runner is null ? "There is no mpirun of MPICH (Debian and Ubuntu: apt-get install mpich)." : null;

    /// <summary>Starts a program of this folder in several processes.</summary>
    /// <param name="count">How many.</param>
    /// <param name="options">Options of mpirun.</param>
    /// <param name="program">What to run: a program and its arguments.</param>
    public static Process Start(int count, string[] options, params string[] program)
    {
        var start = new ProcessStartInfo(Runner!, ["-n", $"{count}", .. options, .. program])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Runs a program of this folder in several processes to their end.</summary>
    /// <returns>The exit code of mpirun, and all they printed: standard output, then standard error.</returns>
    public static (int ExitCode, string Output) Run(int count, params string[] program)
    {
        using var process = Start(count, [], program);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    // Open MPI's has the same name and another binary interface.
    private static bool IsHydra(string name)
    {
        try
        {
            var (exitCode, output) = ChildProcess.Run(name, "--version");
            return exitCode == 0 && output.Contains("HYDRA", StringComparison.OrdinalIgnoreCase);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
