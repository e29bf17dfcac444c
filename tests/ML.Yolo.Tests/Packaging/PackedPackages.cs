using System.Reflection;

namespace ML.Yolo.Tests.Packaging;

/// <summary>The packages as <c>dotnet pack</c> makes them, in a folder, and fresh projects outside the repository that reference them.</summary>
public sealed class PackedPackages : IDisposable
{
    private static readonly string[] Projects = ["ML.Yolo", "ML.Yolo.Mpi", "ML.Yolo.Onnx", "ML.Yolo.Reports"];

    private readonly TemporaryFolder _folder = new();

    public PackedPackages()
    {
        // A version of its own, so that no package of another build is taken for it.
        Version = $"0.0.1-test.{Guid.NewGuid():N}";
        foreach (var project in Projects)
            Run(Repository, "pack", "-c", Metadata("Configuration"), "--no-build", Path.Combine("src", project), "-o", Feed, $"-p:Version={Version}");
    }

    public string Version { get; }

    /// <summary>The packages.</summary>
    public string Feed => _folder.File("feed");

    public static string Repository => Path.GetDirectoryName(Metadata("Readme"))!;

    public void Dispose() => _folder.Dispose();

    /// <summary>Makes a project with a program; packages are restored from the feed and from the sources of the machine.</summary>
    /// <returns>Its folder.</returns>
    public string CreateProject(string name, string program, params string[] packages)
    {
        var folder = Directory.CreateDirectory(_folder.File(name)).FullName;
        File.WriteAllText(Path.Combine(folder, "Program.cs"), program);

        // What was restored before is taken as it is; what is restored anew goes away with the test.
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(Path.Combine(folder, "App.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <RestorePackagesPath>{_folder.File("packages")}</RestorePackagesPath>
                <RestoreFallbackFolders>{cache}</RestoreFallbackFolders>
                <RestoreAdditionalProjectSources>{Feed}</RestoreAdditionalProjectSources>
                <CreateHardLinksForCopyLocalIfPossible>true</CreateHardLinksForCopyLocalIfPossible>
              </PropertyGroup>
              <ItemGroup>
                {string.Join("\n    ", packages.Select(Reference))}
              </ItemGroup>
            </Project>
            """);
        return folder;
    }

    /// <summary>Runs a command of the SDK to its good end, and returns what it printed.</summary>
    public static string Run(string folder, params string[] arguments)
    {
        var (exitCode, output) = ChildProcess.RunIn(folder, "dotnet", [.. arguments, "-nodeReuse:false"]);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{output}");
        return output;
    }

    private static string Metadata(string key) => typeof(PackedPackages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == key).Value!;

    private string Reference(string package)
    {
        var version = package.StartsWith("ML.Yolo", StringComparison.Ordinal) ? Version : Metadata(package.StartsWith("TorchSharp", StringComparison.Ordinal) ? "TorchSharpVersion" : "OnnxRuntimeVersion");
        return $"""<PackageReference Include="{package}" Version="{version}" />""";
    }
}
