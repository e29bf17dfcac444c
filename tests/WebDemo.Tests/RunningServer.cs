namespace WebDemo.Tests;

/// <summary>A server with the default limits, for the tests that need no others.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    private ServerProcess? _server;

    public ExportedDetector Model { get; } = new();

    public HttpClient Client => _server!.Client;

    internal ServerProcess Process => _server!;

    public async Task InitializeAsync() => _server = await ServerProcess.StartAsync(Model.Path);

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        Model.Dispose();
    }
}
