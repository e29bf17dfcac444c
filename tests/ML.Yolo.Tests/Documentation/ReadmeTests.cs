using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.ML;

namespace ML.Yolo.Tests.Documentation;

/// <summary>The README's program, as it is written there.</summary>
public sealed class ReadmeTests
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly string Readme
        = typeof(ReadmeTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "Readme").Value!;

    [Fact]
    public void TwelveLines_AsWritten_CompileAndAreTwelve()
    {
        using var assembly = new MemoryStream();

        Compile(Program(), assembly);

        Assert.True(assembly.Length > 0);
        Assert.Equal(12, Program().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    [Trait("Category", "Long")]
    public void TwelveLines_RunOnASet_PrintMetricsAndSaveAModelWithTheThresholdsForUse()
    {
        using var folder = new TemporaryFolder();
        SquareFolder.Write(folder.File("my-data"), 4, 2);
        // Beside the tests, whose packages it takes.
        var program = Path.Combine(AppContext.BaseDirectory, $"{Path.GetFileName(folder.Path)}.dll");
        try
        {
            using (var assembly = File.Create(program))
                Compile(Program(), assembly);
            var tests = Path.Combine(AppContext.BaseDirectory, "ML.Yolo.Tests");

            var (exitCode, output) = ChildProcess.RunIn(
                folder.Path, "dotnet", "exec", "--depsfile", $"{tests}.deps.json", "--runtimeconfig", $"{tests}.runtimeconfig.json", program);

            Assert.True(exitCode == 0, output);
            Assert.Contains("2 images, 3 objects, 600 detections", output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(program);
        }

        var model = new MLContext().Model.Load(folder.File("model.zip"), out _);
        using var disposing = (IDisposable)model;
        Assert.Equal(0.25f, ((IEnumerable<ITransformer>)model).OfType<YoloTransformer>().Single().Scoring.ScoreThreshold);
    }

    private static string Program()
    {
        const string Fence = "```csharp\n";
        var text = File.ReadAllText(Readme).ReplaceLineEndings("\n");
        var start = text.IndexOf(Fence, text.IndexOf("## Twelve lines", StringComparison.Ordinal), StringComparison.Ordinal) + Fence.Length;
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static void Compile(string program, Stream assembly)
    {
        var assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var references = assemblies.Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "TwelveLines",
            [CSharpSyntaxTree.ParseText(ImplicitUsings), CSharpSyntaxTree.ParseText(program)],
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

        var result = compilation.Emit(assembly);

        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
    }
}
