using System.Runtime.InteropServices;

namespace ML.Yolo.Cli.Terminal;

/// <summary>Ctrl-C, or SIGTERM: the first asks for an end, the second is the end.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly ToolConsole _console;
    private readonly string _notice;

    /// <param name="console">Told of the first.</param>
    /// <param name="notice">What happens now.</param>
    public Interruption(ToolConsole console, string notice)
    {
        (_console, _notice) = (console, notice);
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];
    }

    /// <summary>Set by the first.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        // The second is left to the system, which ends the process whatever it is doing.
        if (_source.IsCancellationRequested)
            return;
        context.Cancel = true;
        _console.Warn(_notice);
        _source.Cancel();
    }
}
