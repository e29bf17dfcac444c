using Microsoft.ML;
using Microsoft.ML.Runtime;
using ML.Yolo.Distributed;

namespace ML.Yolo.Cli.Terminal;

/// <summary>Results go to standard output; notices, warnings and errors to standard error, a line each.</summary>
internal sealed class ToolConsole(bool isQuiet, bool isVerbose)
{
    private readonly TextWriter _out = Console.Out;
    private readonly TextWriter _error = Console.Error;

    /// <summary>The processes of the command. The first one prints; of the others warnings and errors are heard, with their rank.</summary>
    public Distribution Processes { get; set; } = OneProcess.Instance;

    private string Speaker => Processes.IsFirst ? "" : FormattableString.Invariant($"rank {Processes.Rank}: ");

    /// <summary>Whether nothing but results, warnings and errors is wanted.</summary>
    public bool IsQuiet => isQuiet || !Processes.IsFirst;

    /// <summary>Writes an error as one line.</summary>
    public static void WriteError(string message) => Console.Error.WriteLine($"error: {OneLine(message)}");

    /// <summary>Writes an error as one line, with the rank that it is of.</summary>
    public void Error(string message) => _error.WriteLine($"{Speaker}error: {OneLine(message)}");

    /// <summary>Writes a result.</summary>
    public void Result(string text)
    {
        if (Processes.IsFirst)
            _out.WriteLine(text);
    }

    /// <summary>Writes what is good to know.</summary>
    public void Say(string text)
    {
        if (!IsQuiet)
            _error.WriteLine(text);
    }

    /// <summary>Writes what should be known.</summary>
    public void Warn(string text) => _error.WriteLine($"{Speaker}warning: {OneLine(text)}");

    /// <summary>Writes why the command ends.</summary>
    public void Fail(Exception exception)
    {
        var message = PlainMessage.Of(exception);
        Error(isVerbose || IsExpected(exception) ? message : $"{message} ({Unwrapped(exception).GetType().Name}; --verbose shows where.)");
        if (isVerbose)
            _error.WriteLine(exception);
    }

    /// <summary>A context whose warnings are shown; with --verbose, all it says.</summary>
    /// <param name="seed">Decides everything drawn at random; null: another each time.</param>
    public MLContext CreateContext(int? seed = null)
    {
        var mlContext = new MLContext(seed);
        mlContext.Log += (_, entry) =>
        {
            if (entry.Kind >= ChannelMessageKind.Warning)
                Warn(entry.RawMessage);
            else if (isVerbose && entry.Kind == ChannelMessageKind.Info)
                Say(entry.RawMessage);
        };
        return mlContext;
    }

    private static Exception Unwrapped(Exception exception)
        => exception is AggregateException { InnerExceptions: [var inner] } ? Unwrapped(inner) : exception;

    // What the library throws for bad input says all there is to say.
    private static bool IsExpected(Exception exception) => Unwrapped(exception) is UsageException or OperationCanceledException or FormatException
        or IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or NotSupportedException
        or TorchBackendException or MpiBackendException or OnnxBackendException or PackageVersionException or TrainingDivergedException;

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
