namespace WebDemo;

/// <summary>The command line: switches and their values, and nothing that would be passed over in silence.</summary>
internal static class CommandLine
{
    public const int WrongUsage = 2;

    public static string Usage { get; } =
        $"""
        usage: WebDemo [--model model.zip] [--urls http://127.0.0.1:5080] [switch value …]

        Serves a detector: a page at /, an API at /v1/detect, its description at /openapi/v1.json, metrics at /metrics.
        Without --model it serves {WebDemoOptions.DefaultModel}, which samples/Quickstart writes.
        Other switches: {string.Join(", ", WebDemoOptions.Switches.Keys.Except(["--model", "--urls"]))}.
        """;

    /// <summary>What is wrong with the command line, or null. Keys with a colon are configuration of ASP.NET.</summary>
    public static string? Fault(string[] arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            var (name, hasValue) = arguments[i].Split('=', 2) is [var left, _] ? (left, true) : (arguments[i], false);
            if (!WebDemoOptions.Switches.ContainsKey(name) && !name.Contains(':', StringComparison.Ordinal))
                return $"'{name}' is not a switch. See --help.";
            if (!hasValue && ++i == arguments.Length)
                return $"{name} has no value. See --help.";
        }

        return null;
    }
}
