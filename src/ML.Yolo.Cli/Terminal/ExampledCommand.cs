using System.CommandLine;

namespace ML.Yolo.Cli.Terminal;

/// <summary>A command whose help ends with an example.</summary>
internal sealed class ExampledCommand(string name, string description, string example, string? remarks = null) : Command(name, description)
{
    /// <summary>A line that does the usual.</summary>
    public string Example => example;

    /// <summary>What there is to know beside the options; null where there is nothing.</summary>
    public string? Remarks => remarks;
}
