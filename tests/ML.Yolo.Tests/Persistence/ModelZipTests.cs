using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Tests.Training;

namespace ML.Yolo.Tests.Persistence;

public sealed class ModelZipTests(TrainedDetector trained) : IClassFixture<TrainedDetector>
{
    private static readonly string Reader = Path.Combine(AppContext.BaseDirectory, "ModelZipReader.dll");

    private readonly MLContext _mlContext = trained.MLContext;

    [Fact]
    public void Load_SavedTransformer_KeepsWeightsClassNamesAndOptions()
    {
        using var folder = new TemporaryFolder();
        _mlContext.Model.Save(trained.Transformer, null, folder.File("model.zip"));

        using var loaded = (YoloTransformer)_mlContext.Model.Load(folder.File("model.zip"), out _);

        Assert.Equal(["red", "blue"], loaded.ClassNames);
        Assert.Equal((64, 4, YoloArchitecture.V5Nano), (loaded.ImageSize, loaded.Options.BatchSize, loaded.Architecture));
        Assert.All(trained.Transformer.Network.state_dict(), entry => TensorAssert.Equal(entry.Value, loaded.Network.state_dict()[entry.Key]));
    }

    [Fact]
    public void Load_ScoringChangedOnTheTrainedModel_KeepsTheChange()
    {
        using var folder = new TemporaryFolder();
        using var model = Clone(trained.Transformer);
        (model.Scoring.ScoreThreshold, model.Scoring.MultiLabel, model.Scoring.Canvas, model.Scoring.BatchSize) = (0.375f, true, ScoringCanvas.Square, 3);
        _mlContext.Model.Save(model, null, folder.File("model.zip"));

        using var loaded = (YoloTransformer)_mlContext.Model.Load(folder.File("model.zip"), out _);

        var scoring = loaded.Scoring;
        Assert.Equal((0.375f, true, ScoringCanvas.Square, 3), (scoring.ScoreThreshold, scoring.MultiLabel, scoring.Canvas, scoring.BatchSize));
        Assert.Equal((0.45f, 300), (scoring.IouThreshold, scoring.MaxDetections));
    }

    [Fact]
    public void Save_Manifest_NestsScoringAndNamesTheDecoder()
    {
        using var folder = new TemporaryFolder();
        _mlContext.Model.Save(trained.Transformer, null, folder.File("model.zip"));

        using var zip = ZipFile.OpenRead(folder.File("model.zip"));
        using var stream = zip.Entries.Single(entry => entry.Name == "yolo.json").Open();
        using var manifest = JsonDocument.Parse(stream);

        var scoring = manifest.RootElement.GetProperty("Options").GetProperty("Scoring");
        string[] expected = ["ScoreThreshold", "IouThreshold", "MultiLabel", "MaxDetections", "Canvas", "RecommendedThreshold", "BatchSize", "BadImageHandling"];
        Assert.Equal(expected, scoring.EnumerateObject().Select(property => property.Name));
        Assert.Equal("YoloV5", manifest.RootElement.GetProperty("Decoder").GetString());
        Assert.False(manifest.RootElement.GetProperty("Options").TryGetProperty("ScoreThreshold", out _));
    }

    [Fact]
    public void Load_DecoderThatIsNotTheLosss_DecodesByTheDecoderSaved()
    {
        using var folder = new TemporaryFolder();
        _mlContext.Model.Save(trained.Transformer, null, folder.File("model.zip"));
        Rewrite(folder.File("model.zip"), "yolo.json", bytes => Replace(bytes, "\"Decoder\": \"YoloV5\"", "\"Decoder\": \"YoloV3\""));

        using var loaded = (YoloTransformer)_mlContext.Model.Load(folder.File("model.zip"), out _);

        Assert.Equal("YoloV3", loaded.Engine.Decoder.Coding.Name);
        Assert.IsType<YoloV5LossOptions>(loaded.Options.Loss);
    }

    [Fact]
    public void Load_ZipOfALaterVersion_IsRefused()
    {
        using var folder = new TemporaryFolder();
        _mlContext.Model.Save(trained.Transformer, null, folder.File("model.zip"));
        byte[] version = [2, 0, 1, 0];
        Rewrite(folder.File("model.zip"), "Model.key", bytes =>
        {
            var span = bytes.AsSpan();
            Assert.True(span.IndexOf(version) > 0);
            for (int at; (at = span.IndexOf(version)) >= 0;)
                span[at] = 3;
        });

        var exception = Assert.ThrowsAny<Exception>(() => _mlContext.Model.Load(folder.File("model.zip"), out _));

        Assert.IsType<FormatException>(Root(exception));
    }

    [Fact]
    public void Load_TrainedWithTheV3Loss_DecodesByTheV3Coding()
    {
        using var folder = new TemporaryFolder();
        var options = TinyRun.Options(epochs: 1);
        options.Loss = new YoloV3LossOptions { IouThreshold = 0.2f, UnassignedTargets = UnassignedTargets.Warn };
        using var model = TinyRun.Fit(new MLContext(seed: 1), options);
        _mlContext.Model.Save(model, null, folder.File("model.zip"));

        using var loaded = (YoloTransformer)_mlContext.Model.Load(folder.File("model.zip"), out _);

        var loss = Assert.IsType<YoloV3LossOptions>(loaded.Options.Loss);
        Assert.Equal((0.2f, UnassignedTargets.Warn), (loss.IouThreshold, loss.UnassignedTargets));
    }

    [Fact]
    public void Load_InASecondProcess_DetectsTheSameObjects()
    {
        using var folder = new TemporaryFolder();
        var image = folder.File("image.png");
        SquareImages.Draw(2)[1].Image.Save(image);
        using var chain = SaveChain(folder.File("model.zip"));
        var expected = chain.LastTransformer.Transform(chain.Transform(_mlContext.Data.LoadFromEnumerable([new { ImagePath = image }])));
        var scores = expected.GetColumn<float[]>("Score").Single();

        var (exitCode, output) = ChildProcess.Run("dotnet", Reader, "detect", folder.File("model.zip"), image);

        Assert.True(exitCode == 0, output);
        Assert.NotEmpty(scores);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(scores.Select(score => score.ToString("F4", CultureInfo.InvariantCulture)), lines.Select(line => line.Split(' ')[1]));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.99)]
    public void Load_TruncatedZip_ThrowsWithoutCrashing(double share)
    {
        using var folder = new TemporaryFolder();
        _mlContext.Model.Save(trained.Transformer, null, folder.File("model.zip"));
        var bytes = File.ReadAllBytes(folder.File("model.zip"));
        File.WriteAllBytes(folder.File("half.zip"), bytes[..(int)(bytes.Length * share)]);

        var exception = Assert.ThrowsAny<Exception>(() => _mlContext.Model.Load(folder.File("half.zip"), out _));

        Assert.True(exception is InvalidDataException or FormatException, exception.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(100)]
    public void Load_OneByteOfTheWeightsHeaderChanged_SaysThatTheWeightsAreDamaged(int position)
    {
        using var folder = new TemporaryFolder();
        _mlContext.Model.Save(trained.Transformer, null, folder.File("model.zip"));
        Rewrite(folder.File("model.zip"), "weights.safetensors", bytes => bytes[position] ^= 0x04);

        var exception = Assert.ThrowsAny<Exception>(() => _mlContext.Model.Load(folder.File("model.zip"), out _));

        Assert.Contains("weights.safetensors", Root(exception).Message, StringComparison.Ordinal);
        Assert.IsType<WeightsFormatException>(Root(exception));
    }

    [Fact]
    public void Load_OneByteOfTheWeightsChanged_SaysThatTheChecksumDiffers()
    {
        using var folder = new TemporaryFolder();
        _mlContext.Model.Save(trained.Transformer, null, folder.File("model.zip"));
        Rewrite(folder.File("model.zip"), "weights.safetensors", bytes => bytes[^100] ^= 1);

        var exception = Assert.ThrowsAny<Exception>(() => _mlContext.Model.Load(folder.File("model.zip"), out _));

        Assert.Contains("is damaged: its checksum is", Root(exception).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"yolov5n\"", "\"yolov9z\"", "No architecture is named 'yolov9z'")]
    [InlineData("\"ImageSize\": 64", "\"ImageSize\": 65", "ImageSize is 65")]
    [InlineData("\"Decoder\": \"YoloV5\"", "\"Decoder\": \"YoloV9\"", "No box coding is named 'YoloV9'; there are YoloV5, YoloV3")]
    [InlineData("\"IouThreshold\": 0.45", "\"IouThreshold\": 4.50", "IouThreshold is 4.5; it must be in [0, 1]")]
    [InlineData("\"Canvas\": \"Tight\"", "\"Canvas\": \"Loose\"", "$.Scoring.Canvas")]
    [InlineData("{", "[", "yolo.json")]
    public void Load_ManifestChanged_SaysWhatIsWrong(string from, string to, string message)
    {
        using var folder = new TemporaryFolder();
        _mlContext.Model.Save(trained.Transformer, null, folder.File("model.zip"));
        Rewrite(folder.File("model.zip"), "yolo.json", bytes => Replace(bytes, from, to));

        var exception = Assert.ThrowsAny<Exception>(() => _mlContext.Model.Load(folder.File("model.zip"), out _));

        Assert.Contains(message, Root(exception).Message, StringComparison.Ordinal);
    }

    [SmallDiskFact]
    public void SaveAtomically_DiskIsFull_SaysSoAndLeavesTheOldModel()
    {
        using var folder = new TemporaryFolder();
        using var chain = SaveChain(folder.File("model.zip"));
        var disk = Directory.CreateDirectory(folder.File("disk")).FullName;

        var (exitCode, output) = SmallDiskFactAttribute.Run(
            disk, "echo the old model > model.zip; dotnet \"$@\"; code=$?; ls; cat model.zip; exit $code", Reader, "save", folder.File("model.zip"), Path.Combine(disk, "model.zip"));

        Assert.True(exitCode == 1, output);
        Assert.Contains("could not be written, and was left as it was", output, StringComparison.Ordinal);
        Assert.EndsWith("\nmodel.zip\nthe old model\n", output, StringComparison.Ordinal);
    }

    private TransformerChain<YoloTransformer> SaveChain(string path)
    {
        var images = _mlContext.Transforms.LoadImages("Image", imageFolder: null, "ImagePath").Fit(_mlContext.Data.LoadFromEnumerable([new { ImagePath = "" }]));
        var chain = new TransformerChain<YoloTransformer>(images, Clone(trained.Transformer));
        _mlContext.Model.Save(chain, null, path);
        return chain;
    }

    private YoloTransformer Clone(YoloTransformer transformer)
    {
        using var stream = new MemoryStream();
        _mlContext.Model.Save(transformer, null, stream);
        stream.Position = 0;
        return (YoloTransformer)_mlContext.Model.Load(stream, out _);
    }

    private static void Rewrite(string zip, string entryName, Action<byte[]> change)
    {
        using var archive = ZipFile.Open(zip, ZipArchiveMode.Update);
        var entry = archive.Entries.Single(candidate => candidate.Name == entryName);
        using var stream = entry.Open();
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        change(bytes);
        stream.Position = 0;
        stream.Write(bytes);
    }

    private static void Replace(byte[] json, string from, string to)
    {
        var text = Encoding.UTF8.GetString(json);
        Assert.Contains(from, text, StringComparison.Ordinal);
        Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)).CopyTo(json, 0);
    }

    private static Exception Root(Exception exception)
    {
        while (exception is not FormatException && exception.InnerException is { } inner)
            exception = inner;
        return exception;
    }
}
