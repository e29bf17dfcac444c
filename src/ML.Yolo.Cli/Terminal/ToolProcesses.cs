using System.CommandLine;
using System.Globalization;
using ML.Yolo.Distributed;

namespace ML.Yolo.Cli.Terminal;

/// <summary>The processes of this command: this one, or those that mpirun started.</summary>
internal static class ToolProcesses
{
    /// <summary>The option of commands that several processes share.</summary>
    public static Option<double?> Timeout { get; } = new("--rank-timeout")
    {
        Description = "Under mpirun: seconds without a sign of life after which a process counts as missing, and the others end. [default: 60]",
        HelpName = "SECONDS",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 && seconds < int.MaxValue)
                return seconds;
            result.AddError($"--rank-timeout is '{text}'; a number of seconds above 0 is expected.");
            return null;
        },
    };

    /// <summary>Joins them.</summary>
    /// <exception cref="UsageException">There are several, and the command is for one.</exception>
    /// <exception cref="MpiBackendException">mpirun started several, and MPI cannot be used.</exception>
    public static Distribution Join(ParseResult parsed)
    {
        if (!YoloMpi.IsLaunched)
            return OneProcess.Instance;
        var world = MpiDistribution.World;
        var command = parsed.CommandResult.Command;
        if (!command.Options.Contains(Timeout))
        {
            return world.Size == 1 ? world : throw new UsageException(
                $"mlyolo {command.Name} was started as {world.Size} processes; one is expected. Of mlyolo's commands train and detect are shared by several.");
        }

        if (parsed.GetValue(Timeout) is { } seconds)
            world.Timeout = TimeSpan.FromSeconds(seconds);
        return world;
    }
}
