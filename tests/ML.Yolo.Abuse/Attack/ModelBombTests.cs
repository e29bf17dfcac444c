using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML;
using ML.Yolo.Tests;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Tests.Onnx;

namespace ML.Yolo.Abuse.Attack;

/// <summary>Row 7 of the attack: small files that ask for gigabytes are refused before memory is taken.</summary>
public sealed class ModelBombTests : IDisposable
{
    private const long MaxMemory = 200L << 20;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Bombs => new()
    {
        { "zeros", "claims to unfold from" },
        { "names", "300000 classes by name" },
        { "architecture", "takes up to" },
        { "nested", "yolo.json" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Bombs))]
    public void Load_SmallZipThatAsksForMuch_IsRefusedAndTakesLittle(string kind, string message)
    {
        var path = _folder.File("model.zip");
        using (var detector = RandomDetector.Create(SmallArchitecture.EveryBlock, imageSize: 64))
            new MLContext().Model.Save(detector, null, path);
        Change(path, kind);
        Assert.True(new FileInfo(path).Length < 4 << 20, "the bomb is not small");

        foreach (var load in new Action[] { () => YoloDetector.Load(path).Dispose(), () => new MLContext().Model.Load(path, out _) })
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var exception = Record.Exception(load);
            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Contains(message, exception!.ToString(), StringComparison.Ordinal);
            Assert.True(taken < MaxMemory, $"{taken:N0} bytes were taken");
        }
    }

    /// <summary>ML.NET would go on asking it for more when it has ended.</summary>
    [Fact]
    public void Load_SchemaIsNoise_LoadsTheDetectorWithoutIt()
    {
        var path = _folder.File("model.zip");
        var mlContext = new MLContext();
        using (var detector = RandomDetector.Create(SmallArchitecture.EveryBlock, imageSize: 64))
            mlContext.Model.Save(detector, SquareImages.AsView(mlContext, SquareImages.Draw(1)).Schema, path);
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Update))
        {
            var schema = zip.Entries.Single(entry => entry.Name == "Schema");
            var noise = new byte[schema.Length];
            new Random(1).NextBytes(noise);
            Write(zip, schema, noise);
        }

        using var loaded = YoloDetector.Load(path);

        Assert.Equal(64, loaded.ImageSize);
    }

    [Fact]
    public void Load_EveryArchitecture_IsNotTakenForABomb()
    {
        string[] small = ["n", "n6", "nu", "-tiny", "s"];
        foreach (var architecture in YoloArchitecture.All.Where(one => small.Any(end => one.Name.EndsWith(end, StringComparison.Ordinal))))
        {
            using var network = YoloNetwork.Create(architecture, classCount: 1);
            ML.Yolo.Persistence.NetworkBound.Check(architecture, 1, network.state_dict(), architecture.Name);
        }
    }

    private static void Change(string path, string kind)
    {
        using var zip = ZipFile.Open(path, ZipArchiveMode.Update);
        var manifest = zip.Entries.Single(entry => entry.Name == "yolo.json");
        var weights = zip.Entries.Single(entry => entry.Name == "weights.safetensors");
        var json = Read(manifest);
        switch (kind)
        {
            case "zeros":
                var zeros = new byte[600 << 20];
                (json["WeightsLength"], json["WeightsSha256"]) = (zeros.Length, Convert.ToHexString(SHA256.HashData(zeros)));
                Write(zip, weights, zeros);
                break;
            case "names":
                json["ClassNames"] = new JsonArray([.. Enumerable.Range(0, 300_000).Select(i => (JsonNode)$"{i}")]);
                break;
            case "architecture":
                var layers = json["Options"]!["Architecture"]!["Layers"]!.AsArray().OfType<JsonObject>();
                foreach (var layer in layers.Where(layer => (string?)layer["Block"] == "C3"))
                    layer["Repeats"] = 256;
                json["Options"]!["Architecture"]!["Width"] = 4;
                break;
            default:
                Write(zip, manifest, System.Text.Encoding.UTF8.GetBytes(new string('[', 500_000)));
                return;
        }

        Write(zip, manifest, JsonSerializer.SerializeToUtf8Bytes(json));
    }

    private static JsonObject Read(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        return JsonNode.Parse(stream)!.AsObject();
    }

    private static void Write(ZipArchive zip, ZipArchiveEntry entry, byte[] bytes)
    {
        var name = entry.FullName;
        entry.Delete();
        using var stream = zip.CreateEntry(name).Open();
        stream.Write(bytes);
    }
}
