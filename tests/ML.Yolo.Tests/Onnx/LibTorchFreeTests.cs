using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Tests.Onnx;

/// <summary>The sample, which has no LibTorch beside it, detects with a zip that was saved from the ONNX engine.</summary>
public sealed class LibTorchFreeTests
{
    private static readonly string Sample = typeof(LibTorchFreeTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "LibTorchFree").Value!;

    [Fact]
    public void Run_ZipOfTheOnnxEngine_FindsTheSameObjectsWithoutLibTorch()
    {
        using var folder = new TemporaryFolder();
        var mlContext = new MLContext();
        using var torch = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        using var onnx = torch.ToOnnxRuntime(mlContext);
        mlContext.Model.Save(onnx, null, folder.File("model.zip"));
        SquareImages.Draw(2)[1].Image.Save(folder.File("image.png"));
        var images = mlContext.Data.LoadFromEnumerable([new { ImagePath = folder.File("image.png") }]);
        var loaded = mlContext.Transforms.LoadImages("Image", "", "ImagePath").Fit(images).Transform(images);
        var scores = torch.Transform(loaded).GetColumn<float[]>("Score").Single();

        var (exitCode, output) = ChildProcess.Run("dotnet", Sample, folder.File("model.zip"), folder.File("image.png"));

        Assert.True(exitCode == 0, output);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(scores);
        Assert.Equal(scores.Length, lines.Length - 1);
        Assert.All(scores.Zip(lines), pair => Assert.Equal(pair.First, float.Parse(pair.Second.Split("  ")[2], CultureInfo.InvariantCulture), 1e-3f));
        Assert.EndsWith("with 0 files of LibTorch.", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ZipOfLibTorch_SaysInOneParagraphWhatIsMissing()
    {
        using var folder = new TemporaryFolder();
        using var torch = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        new MLContext().Model.Save(torch, null, folder.File("model.zip"));

        // TorchSharp would copy LibTorch out of the packages of who builds, into the folder of the sample.
        var variables = new Dictionary<string, string> { ["NUGET_PACKAGES"] = folder.File("packages") };
        var (exitCode, output) = ChildProcess.RunWith(variables, folder.Path, "dotnet", Sample, folder.File("model.zip"), "image.png");

        Assert.Equal(1, exitCode);
        Assert.StartsWith("LibTorch could not be loaded. Reference one native package", output, StringComparison.Ordinal);
        Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
