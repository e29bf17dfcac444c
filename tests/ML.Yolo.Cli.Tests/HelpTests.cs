using ML.Yolo.Tests;

namespace ML.Yolo.Cli.Tests;

/// <summary>What the tool says of itself.</summary>
public sealed class HelpTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train")]
    [InlineData("val")]
    [InlineData("detect")]
    [InlineData("export")]
    [InlineData("convert")]
    [InlineData("benchmark")]
    public void Help_OfACommand_EndsWithAnExampleOfIt(string command)
    {
        var outcome = Tool.Run(_folder.Path, command, "--help");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains($"Usage:\n  mlyolo {command} [options]", outcome.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.StartsWith($"mlyolo {command} --", outcome.Lines[^1], StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\[default:[^\]]* \]", outcome.Output);
    }

    [Theory]
    [InlineData("There is no command or option 'trane'; one of train, val", "trane")]
    [InlineData("No command is given; one of train, val")]
    [InlineData("Unrecognized command or argument '--epoch'", "train", "--epoch", "3")]
    public void AnythingUnknown_SaysWhatThereIs(string expected, params string[] arguments)
    {
        var outcome = Tool.Run(_folder.Path, arguments);

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(expected, outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Suggest_BeginningOfAnOption_CompletesIt()
    {
        const string Line = "mlyolo train --ep";

        var outcome = Tool.Run(_folder.Path, $"[suggest:{Line.Length}]", Line);

        Assert.Equal(["--epochs"], outcome.Lines);
    }
}
