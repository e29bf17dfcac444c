using System.Diagnostics;
using System.Reflection;

namespace WebDemo.Load;

/// <summary>The built sample as a process on a free port of this machine, and its memory.</summary>
internal sealed class LoadedServer : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;

    private LoadedServer(Process process) => _process = process;

    public Uri Address { get; private set; } = null!;

    /// <summary>Bytes that it holds of the machine's memory now.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Processor time that it took so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public bool IsRunning => !_process.HasExited;

    public static async Task<LoadedServer> StartAsync(string model)
    {
        var program = typeof(LoadedServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "WebDemo").Value!;
        var start = new ProcessStartInfo("dotnet", [program, "--model", model, "--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Information"])
        {
            RedirectStandardOutput = true,
        };
        var server = new LoadedServer(Process.Start(start)!);
        while (await server._process.StandardOutput.ReadLineAsync() is { } line)
        {
            var place = line.IndexOf(Listening, StringComparison.Ordinal);
            if (place < 0)
                continue;
            server.Address = new Uri(line[(place + Listening.Length)..].Trim());
            _ = server._process.StandardOutput.ReadToEndAsync();                         // what it says further must not fill the pipe
            return server;
        }

        throw new InvalidOperationException("The server ended before it listened.");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
