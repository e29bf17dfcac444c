using System.Reflection;
using System.Runtime.InteropServices;
using ML.Yolo.Tests;
using ML.Yolo.Tests.Documentation;

namespace ML.Yolo.Cli.Tests;

/// <summary>The tool as people get it: packed, and installed in an empty folder.</summary>
[Trait("Category", "Long")]
public sealed class PackedToolTests : IDisposable
{
    private const string Sources = "<configuration><packageSources><clear/><add key=\"packed\" value=\"packages\"/></packageSources></configuration>";

    private static readonly string Project
        = typeof(PackedToolTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "ToolProject").Value!;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PackedTool_InstalledInAnEmptyFolder_TrainsDetectsAndExports()
    {
        var system = $"-p:ToolPackageRuntimeIdentifiers={RuntimeInformation.RuntimeIdentifier}";
        Run("dotnet", "pack", Path.GetFullPath(Project), "-c", "Release", "-o", _folder.File("packages"), system);
        File.WriteAllText(_folder.File("nuget.config"), Sources);
        Run("dotnet", "tool", "install", "ML.Yolo.Cli", "--tool-path", "tools", "--configfile", _folder.File("nuget.config"));
        SquareFolder.Write(_folder.File("set"), trainCount: 8, valCount: 4);
        var tool = _folder.File("tools", OperatingSystem.IsWindows() ? "mlyolo.exe" : "mlyolo");

        var trained = Run(tool, ["train", "--data", "set", .. TrainedRun.Small, "--epochs", "1"]);
        var detected = Run(tool, "detect", "--model", trained.Lines[^1], "--source", "set/images/val");
        var exported = Run(tool, "export", "--model", trained.Lines[^1], "--format", "onnx-zip");

        Assert.Equal(4, detected.Lines.Count);
        Assert.True(File.Exists(exported.Output.Trim()));
    }

    private Tool.Outcome Run(string program, params string[] arguments)
    {
        var outcome = Tool.Run(_folder.Path, input: null, program, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        return outcome;
    }
}
