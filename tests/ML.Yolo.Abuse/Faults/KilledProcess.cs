using System.Diagnostics;

namespace ML.Yolo.Abuse.Faults;

/// <summary>A process of this assembly that is killed as it works.</summary>
internal static class KilledProcess
{
    /// <summary>Starts it, waits until it says that it works, lets it for a moment, and kills it as SIGKILL does: nothing of it runs any more.</summary>
    public static void Run(int milliseconds, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(KilledProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        if (process.StandardOutput.ReadLine() is null)
            throw new InvalidOperationException($"The process ended before it worked: {errors.Result}");
        Thread.Sleep(milliseconds);
        process.Kill();
        process.WaitForExit();
    }
}
