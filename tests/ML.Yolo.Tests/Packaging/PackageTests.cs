using System.IO.Compression;
using System.Xml.Linq;
using Microsoft.ML;
using ML.Yolo.Tests.Detecting;
using ML.Yolo.Tests.Documentation;
using ML.Yolo.Tests.Onnx;

namespace ML.Yolo.Tests.Packaging;

/// <summary>What a newcomer does: add a package, copy the README's code, run it, publish it. On this system as it is.</summary>
public sealed class PackageTests(PackedPackages packages) : IClassFixture<PackedPackages>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ML.Yolo")]
    [InlineData("ML.Yolo.Mpi")]
    [InlineData("ML.Yolo.Onnx")]
    [InlineData("ML.Yolo.Reports")]
    public void Pack_EveryPackage_HasWhatAPackageNeeds(string id)
    {
        using var zip = ZipFile.OpenRead(Path.Combine(packages.Feed, $"{id}.{packages.Version}.nupkg"));
        var names = zip.Entries.Select(entry => entry.FullName).ToList();
        using var nuspec = zip.Entries.Single(entry => entry.FullName == $"{id}.nuspec").Open();
        var metadata = XDocument.Load(nuspec).Descendants().ToLookup(element => element.Name.LocalName, element => element.Value);

        Assert.Superset(new HashSet<string> { "README.md", "icon.png", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml" }, names.ToHashSet());
        Assert.Equal(("MIT", "README.md", "icon.png"), (metadata["license"].Single(), metadata["readme"].Single(), metadata["icon"].Single()));
        Assert.True(File.Exists(Path.Combine(packages.Feed, $"{id}.{packages.Version}.snupkg")));
    }

    [Theory]
    [InlineData("ML.Yolo.Onnx")]
    [InlineData("ML.Yolo.Reports")]
    public void Pack_PackageThatUsesTheLibrarysInternals_AsksForItsExactVersion(string id)
    {
        using var zip = ZipFile.OpenRead(Path.Combine(packages.Feed, $"{id}.{packages.Version}.nupkg"));
        using var nuspec = zip.GetEntry($"{id}.nuspec")!.Open();

        var library = XDocument.Load(nuspec).Descendants().Single(element => element.Name.LocalName == "dependency" && element.Attribute("id")!.Value == "ML.Yolo");

        Assert.Equal($"[{packages.Version}]", library.Attribute("version")!.Value);
    }

    [Fact]
    public void Pack_TheLibrary_BringsItsBuildTargetsAndRangesOfVersions()
    {
        using var zip = ZipFile.OpenRead(Path.Combine(packages.Feed, $"ML.Yolo.{packages.Version}.nupkg"));
        using var nuspec = zip.GetEntry("ML.Yolo.nuspec")!.Open();
        var versions = XDocument.Load(nuspec).Descendants().Where(element => element.Name.LocalName == "dependency")
            .ToDictionary(element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value);

        Assert.NotNull(zip.GetEntry("buildTransitive/ML.Yolo.targets"));
        Assert.Equal(("[5.0.1, 5.1.0)", "[2.88.9, 3.0.0)"), (versions["Microsoft.ML"], versions["SkiaSharp"]));
        Assert.DoesNotContain(versions.Keys, id => id.StartsWith("TorchSharp-", StringComparison.Ordinal) || id == "Mono.Cecil");
    }

    [Fact]
    public void Build_FreshProjectWithTheReadmesDetection_RunsOnThisSystemWithItsNativeFilesAlone()
    {
        SaveModelAndPhoto();
        var project = packages.CreateProject("detect", DetectionProgram(), "ML.Yolo", "TorchSharp-cpu");

        var build = PackedPackages.Run(project, "build");

        Assert.DoesNotContain("warning", build, StringComparison.Ordinal);
        var output = Path.Combine(project, "bin", "Debug", "net10.0");
        Assert.Contains("class ", RunIn(_folder.Path, Path.Combine(output, "App.dll")), StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(Path.Combine(output, "runtimes")), folder => Directory.GetFiles(folder, "*torch_cpu*", SearchOption.AllDirectories).Length > 0);
    }

    [Fact]
    public void Build_NoNativeEngineReferenced_WarnsWhatToAdd()
    {
        var project = packages.CreateProject("bare", DetectionProgram(), "ML.Yolo");

        Assert.Contains("warning MLYOLO001: Nothing that runs a network is referenced", PackedPackages.Run(project, "build"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("portable")]
    [InlineData("here", "--use-current-runtime", "--self-contained", "false")]
    [InlineData("single", "--use-current-runtime", "--self-contained", "false", "-p:PublishSingleFile=true")]
    [Trait("Category", "Long")]
    public void Publish_FreshProject_Runs(string name, params string[] arguments)
    {
        SaveModelAndPhoto();
        var project = packages.CreateProject(name, DetectionProgram(), "ML.Yolo", "TorchSharp-cpu");
        var output = _folder.File("published");

        PackedPackages.Run(project, ["publish", "-o", output, .. arguments]);

        var program = Path.Combine(output, OperatingSystem.IsWindows() ? "App.exe" : "App");
        var (exitCode, printed) = ChildProcess.RunIn(_folder.Path, program);
        Assert.True(exitCode == 0, printed);
        Assert.Contains("class ", printed, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Long")]
    public void Build_FreshProjectOnOnnxRuntimeAlone_DetectsWithoutLibTorch()
    {
        SaveModelAndPhoto();
        using (var torch = YoloDetector.Load(_folder.File("model.zip")))
        {
            var mlContext = new MLContext();
            using var onnx = mlContext.Model.Load(_folder.File("model.zip"), out _).Detector().ToOnnxRuntime(mlContext);
            mlContext.Model.SaveAtomically(onnx, null, _folder.File("model.zip"));
        }

        var project = packages.CreateProject("onnx", DetectionProgram(), "ML.Yolo.Onnx", "Microsoft.ML.OnnxRuntime");

        Assert.DoesNotContain("warning", PackedPackages.Run(project, "build"), StringComparison.Ordinal);

        var output = Path.Combine(project, "bin", "Debug", "net10.0");
        Assert.Contains("class ", RunIn(_folder.Path, Path.Combine(output, "App.dll")), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(output, "*torch_cpu*", SearchOption.AllDirectories));
    }

    [Fact]
    [Trait("Category", "Long")]
    public void Build_FreshProjectWithTheReadmesTraining_TrainsMeasuresAndSaves()
    {
        SquareFolder.Write(_folder.File("my-data"), 4, 2);
        var readme = MarkdownPage.Read(Path.Combine(PackedPackages.Repository, "src", "ML.Yolo", "README.md"));
        var project = packages.CreateProject("train", readme.Programs[0].Source, "ML.Yolo", "TorchSharp-cpu");

        PackedPackages.Run(project, "build", "-c", "Release");

        Assert.Contains("2 images", RunIn(_folder.Path, Path.Combine(project, "bin", "Release", "net10.0", "App.dll")), StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.File("model.zip")));
    }

    private static string DetectionProgram() => MarkdownPage.Read(Path.Combine(PackedPackages.Repository, "src", "ML.Yolo", "README.md")).Programs[1].Source;

    private static string RunIn(string folder, string program)
    {
        var (exitCode, output) = ChildProcess.RunIn(folder, "dotnet", program);
        Assert.True(exitCode == 0, output);
        return output;
    }

    private void SaveModelAndPhoto()
    {
        using var model = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        new MLContext().Model.SaveAtomically(model, null, _folder.File("model.zip"));
        File.Copy(PictureFolder.Write(_folder, 2)[1], _folder.File("photo.jpg"));
    }
}
