using System.Text;

namespace ML.Yolo.Devices;

/// <summary>
/// Until it is disposed, keeps from the console what TorchSharp writes there where LibTorch cannot be loaded: dozens of lines on every place tried.
/// </summary>
internal sealed class QuietLoader : TextWriter
{
    private const string Loader = "LoadNativeBackend";

    private readonly TextWriter _console = Console.Out;
    private readonly TextWriter _own;

    public QuietLoader()
    {
        Console.SetOut(this);
        _own = Console.Out;                                                               // the console's lock around this
    }

    /// <inheritdoc/>
    public override Encoding Encoding => _console.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => _console.Write(value);

    /// <inheritdoc/>
    public override void Write(string? value) => _console.Write(value);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => _console.Write(buffer, index, count);

    /// <inheritdoc/>
    public override void WriteLine(string? value)
    {
        if (value?.Contains(Loader, StringComparison.Ordinal) != true)
            _console.WriteLine(value);
    }

    /// <inheritdoc/>
    public override void Flush() => _console.Flush();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Console.Out == _own)
            Console.SetOut(_console);
        base.Dispose(disposing);
    }
}
