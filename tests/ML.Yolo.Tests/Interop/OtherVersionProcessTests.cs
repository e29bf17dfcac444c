using Mono.Cecil;

namespace ML.Yolo.Tests.Interop;

/// <summary>A real program beside which a package lies in a version that the library was not compiled for.</summary>
public sealed class OtherVersionProcessTests
{
    [Theory]
    [InlineData("SkiaSharp", "3.119.4", "SkiaSharp is loaded in version 3.119.4; ML.Yolo was compiled for [2.88.9, 3.0).")]
    [InlineData("Microsoft.ML.Data", "5.1.0", "Microsoft.ML is loaded in version 5.1; ML.Yolo was compiled for [5.0.1, 5.1).")]
    public void FirstCall_OtherVersionInTheProgramsFolder_ThrowsWhatNamesBoth(string assembly, string version, string expected)
    {
        using var folder = new TemporaryFolder();
        CopyProgram(folder);
        SetVersion(folder.File($"{assembly}.dll"), version);

        File.WriteAllText(folder.File("data.yaml"), "train: .\nnames: [a]\n");
        var (exitCode, output) = ChildProcess.Run("dotnet", folder.File("mlyolo.dll"), "inspect", folder.Path, "--verbose");

        Assert.NotEqual(0, exitCode);
        Assert.Contains($"{nameof(PackageVersionException)}: {expected}", output, StringComparison.Ordinal);
        Assert.DoesNotContain(nameof(TypeInitializationException), output, StringComparison.Ordinal);
    }

    // Without deps.json the host takes what lies in the folder; LibTorch is not needed to read a data set.
    private static void CopyProgram(TemporaryFolder folder)
    {
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Append(Path.Combine(AppContext.BaseDirectory, "mlyolo.runtimeconfig.json")))
            File.Copy(file, folder.File(Path.GetFileName(file)));
    }

    private static void SetVersion(string path, string version)
    {
        using var module = ModuleDefinition.ReadModule(new MemoryStream(File.ReadAllBytes(path)));
        var attribute = module.Assembly.CustomAttributes.Single(attribute => attribute.AttributeType.Name == "AssemblyInformationalVersionAttribute");
        attribute.ConstructorArguments[0] = new CustomAttributeArgument(module.TypeSystem.String, $"{version}+sha");
        module.Write(path);
    }
}
