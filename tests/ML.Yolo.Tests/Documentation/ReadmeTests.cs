using Microsoft.ML;
using ML.Yolo.Tests.Packaging;

namespace ML.Yolo.Tests.Documentation;

/// <summary>The README's program, as it is written there.</summary>
public sealed class ReadmeTests
{
    private static readonly MarkdownPage.Program TwelveLines = MarkdownPage.Read(Path.Combine(PackedPackages.Repository, "README.md")).Programs[0];

    [Fact]
    public void TwelveLines_AsWritten_AreTwelve()
        => Assert.Equal(12, TwelveLines.Body.Split('\n').Count(line => line.Length > 0 && line[0] != '#'));

    [Fact]
    [Trait("Category", "Long")]
    public void TwelveLines_RunOnASet_PrintMetricsAndSaveAModelWithTheThresholdsForUse()
    {
        using var folder = new TemporaryFolder();
        SquareFolder.Write(folder.File("my-data"), 4, 2);
        using (var weights = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 80))
            Safetensors.Save(folder.File("yolov5n.pt"), weights.state_dict());                       // the content tells what a file is, not its name
        // Beside the tests, whose packages it takes.
        var program = Path.Combine(AppContext.BaseDirectory, $"{Path.GetFileName(folder.Path)}.dll");
        try
        {
            using (var assembly = File.Create(program))
                ProgramCompiler.Compile(TwelveLines, assembly);
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
}
