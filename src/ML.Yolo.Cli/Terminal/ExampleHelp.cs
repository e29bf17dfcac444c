using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ML.Yolo.Cli.Terminal;

/// <summary>The usual help, and below it what a command leaves to say and an example.</summary>
internal sealed class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not ExampledCommand command)
            return code;
        var output = parseResult.InvocationConfiguration.Output;
        if (command.Remarks is { } remarks)
            output.WriteLine($"{remarks}{Environment.NewLine}");
        output.WriteLine($"Example:{Environment.NewLine}  {command.Example}{Environment.NewLine}");
        return code;
    }
}
