using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using ML.Yolo.Cli.Terminal;

namespace ML.Yolo.Cli;

/// <summary>The command line: its commands, and what is said when one is used wrongly.</summary>
internal static class CommandLine
{
    private static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Say more, and where an error comes from.",
        Recursive = true,
    };

    private static readonly Option<bool> Quiet = new("--quiet")
    {
        Description = "Print results, warnings and errors alone.",
        Recursive = true,
    };

    /// <summary>Parses and runs.</summary>
    /// <returns>0; 1 where it failed, 2 where it was used wrongly, 130 where it was interrupted.</returns>
    public static int Run(string[] arguments)
    {
        // What one machine prints another reads: numbers are written and read the same way everywhere.
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var root = new RootCommand("Trains, measures, uses and exports YOLO object detectors. 'mlyolo COMMAND --help' shows options and an example.")
        {
            Verbose,
            Quiet,
            TrainCommand.Create(),
            ValCommand.Create(),
            DetectCommand.Create(),
            ExportCommand.Create(),
            ConvertCommand.Create(),
            InspectCommand.Create(),
            BenchmarkCommand.Create(),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExampleHelp((HelpAction)help.Action!);
        var result = root.Parse(arguments);
        if (result.Errors.Count == 0)
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        ToolConsole.WriteError(Problem(result, root));
        return ExitCode.WrongUsage;
    }

    /// <summary>What a command does, with its errors said in one line.</summary>
    public static void SetRun(this Command command, Func<ParseResult, ToolConsole, int> run) => command.SetAction(parsed =>
    {
        var console = new ToolConsole(parsed.GetValue(Quiet), parsed.GetValue(Verbose));
        try
        {
            console.Processes = ToolProcesses.Join(parsed);
            return run(parsed, console);
        }
        catch (UsageException exception)
        {
            console.Fail(exception);
            return ExitCode.WrongUsage;
        }
        catch (OperationCanceledException exception)
        {
            console.Fail(exception);
            return ExitCode.Interrupted;
        }
        catch (Exception exception)
        {
            console.Fail(exception);
            return ExitCode.Failed;
        }
    });

    private static string Problem(ParseResult result, RootCommand root)
    {
        var command = result.CommandResult.Command;
        if (command == root)
        {
            var found = result.UnmatchedTokens is [var token, ..] ? $"There is no command or option '{token}'" : "No command is given";
            return $"{found}; one of {string.Join(", ", root.Subcommands.Select(one => one.Name))} is expected. See 'mlyolo --help'.";
        }

        return $"{result.Errors[0].Message} See 'mlyolo {command.Name} --help'.";
    }
}
