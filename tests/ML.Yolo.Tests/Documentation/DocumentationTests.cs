using Microsoft.ML;
using ML.Yolo.Tests.Detecting;
using ML.Yolo.Tests.Onnx;
using ML.Yolo.Tests.Packaging;

namespace ML.Yolo.Tests.Documentation;

/// <summary>Every C# block of the README and the pages compiles as it is written, and those that are cheap run.</summary>
public sealed class DocumentationTests
{
    /// <summary>README, docs, and the pages of packages and samples.</summary>
    internal static IReadOnlyList<MarkdownPage> Pages { get; } =
    [
        .. Directory.GetFiles(PackedPackages.Repository, "README.md")
            .Concat(Directory.GetFiles(Path.Combine(PackedPackages.Repository, "docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.GetDirectories(Path.Combine(PackedPackages.Repository, "src")).SelectMany(folder => Directory.GetFiles(folder, "*.md")))
            .Concat(Directory.GetDirectories(Path.Combine(PackedPackages.Repository, "samples")).SelectMany(folder => Directory.GetFiles(folder, "*.md")))
            .Order(StringComparer.Ordinal)
            .Select(MarkdownPage.Read),
    ];

    public static TheoryData<string> Names => [.. Pages.SelectMany(page => page.Programs).Select(program => program.Name)];

    public static TheoryData<string> RunNames => [.. Pages.SelectMany(page => page.Programs).Where(program => program.IsRun).Select(program => program.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Block_AsWritten_Compiles(string name)
    {
        using var assembly = new MemoryStream();

        ProgramCompiler.Compile(Find(name), assembly);

        Assert.True(assembly.Length > 0);
    }

    [Theory]
    [MemberData(nameof(RunNames))]
    public void Block_ThatIsCheap_Runs(string name)
    {
        using var folder = new TemporaryFolder();
        Furnish(folder);

        Run(Find(name), folder);
    }

    /// <summary>What the pages' programs find in the folder they are run in.</summary>
    private static void Furnish(TemporaryFolder folder)
    {
        var mlContext = new MLContext();
        SquareFolder.Write(folder.File("my-data"), 4, 2);
        var pictures = PictureFolder.Write(folder, 3);
        Directory.CreateDirectory(folder.File("photos"));
        foreach (var picture in pictures)
            File.Copy(picture, folder.File(Path.Combine("photos", Path.GetFileName(picture))));
        File.Copy(pictures[1], folder.File("photo.jpg"));
        using var model = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        mlContext.Model.SaveAtomically(model, null, folder.File("model.zip"));
        using var onnx = model.ToOnnxRuntime(mlContext);
        mlContext.Model.SaveAtomically(onnx, null, folder.File("detector.zip"));
        model.SaveAsOnnx(folder.File("detector.onnx"));
        model.SaveWeights(folder.File("detector.safetensors"));
    }

    /// <summary>Runs beside the tests, whose packages it takes.</summary>
    private static void Run(MarkdownPage.Program program, TemporaryFolder folder)
    {
        var path = Path.Combine(AppContext.BaseDirectory, $"{Path.GetFileName(folder.Path)}.dll");
        try
        {
            using (var assembly = File.Create(path))
                ProgramCompiler.Compile(program, assembly);
            var tests = Path.Combine(AppContext.BaseDirectory, "ML.Yolo.Tests");

            var (exitCode, output) = ChildProcess.RunIn(
                folder.Path, "dotnet", "exec", "--depsfile", $"{tests}.deps.json", "--runtimeconfig", $"{tests}.runtimeconfig.json", path);

            Assert.True(exitCode == 0, $"{program.Name}\n{output}");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static MarkdownPage.Program Find(string name) => Pages.SelectMany(page => page.Programs).Single(program => program.Name == name);
}
