using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Abuse.Fuzzing.Mutations;
using ML.Yolo.Persistence;
using ML.Yolo.Tests;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Tests.Onnx;

namespace ML.Yolo.Abuse.Fuzzing.Targets;

/// <summary>Model zips of either engine, their JSON alone, and ONNX files.</summary>
internal static class ModelTargets
{
    private const int MaxImageSize = 640;

    // What YoloDetector.Load documents.
    private static readonly Type[] Refused = [typeof(FormatException), typeof(IOException), typeof(ArgumentException), typeof(NotSupportedException)];

    public static FuzzTarget Zip(string folder)
    {
        var path = Path.Combine(folder, "model.zip");
        using (var detector = RandomDetector.Create(SmallArchitecture.EveryBlock, imageSize: 64))
            new MLContext().Model.Save(detector, null, path);
        IReadOnlyList<byte[]> seeds = [File.ReadAllBytes(path), .. SharedSeeds.Of("golden/zips", "version1-v*.zip", 256 << 10)];
        return Target("zip", path, seeds, [ZipMutations.Change, ZipMutations.Change]);
    }

    public static FuzzTarget OnnxZip(string folder)
    {
        var path = Path.Combine(folder, "model.zip");
        var mlContext = new MLContext();
        using (var detector = RandomDetector.Create(SmallArchitecture.EveryBlock, imageSize: 64))
        using (var onnx = detector.ToOnnxRuntime(mlContext))
            mlContext.Model.Save(onnx, null, path);
        return Target("zip-onnx", path, [File.ReadAllBytes(path), .. SharedSeeds.Of("golden/zips", "version1-onnx.zip", 256 << 10)], [ZipMutations.Change]);
    }

    public static FuzzTarget Onnx(string folder)
    {
        var path = Path.Combine(folder, "model.onnx");
        using (var detector = RandomDetector.Create(SmallArchitecture.EveryBlock, imageSize: 64))
            detector.SaveAsOnnx(path);
        return Target("onnx", path, [File.ReadAllBytes(path)], [], SmallArchitecture.EveryBlock);
    }

    /// <summary>The JSON alone, of which thousands are read in the time that a zip takes.</summary>
    public static FuzzTarget Manifest(string folder)
    {
        using var detector = RandomDetector.Create(SmallArchitecture.EveryBlock, imageSize: 64);
        using var nano = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);
        return new FuzzTarget
        {
            Name = Path.GetFileName(folder),
            Seeds = [DetectorManifest.Of(detector).ToJson(), DetectorManifest.Of(nano).ToJson()],
            Mutations = [JsonMutations.Change, JsonMutations.Change, TextMutations.Change],
            Documented = [typeof(WeightsFormatException)],
            Read = input => DetectorManifest.Read(ModelManifest.Parse(input)),
        };
    }

    /// <param name="name">Name of the target.</param>
    /// <param name="path">Where its inputs are put.</param>
    /// <param name="seeds">Whole files.</param>
    /// <param name="mutations">How they are changed.</param>
    /// <param name="architecture">The network, where the file names one that the library does not have.</param>
    private static FuzzTarget Target(
        string name, string path, IReadOnlyList<byte[]> seeds, IReadOnlyList<Mutation> mutations, YoloArchitecture? architecture = null)
    {
        var image = SquareImages.Draw(2)[1].Image;
        return new FuzzTarget
        {
            Name = name,
            Seeds = seeds,
            Mutations = mutations,
            Documented = Refused,
            Read = input =>
            {
                File.WriteAllBytes(path, input);
                using var detector = architecture is null ? YoloDetector.Load(path) : YoloDetector.Load(path, architecture);
                if (detector.ScoringEngine == ScoringEngine.LibTorch)
                    Finite.Check(Network(detector));
                if (detector.ImageSize <= MaxImageSize)
                    Detect(detector, image);
            },
        };
    }

    private static YoloNetwork Network(YoloDetector detector)
    {
        var field = typeof(YoloDetector).GetField("_transformer", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!;
        return ((YoloTransformer)field.GetValue(detector)!).Network;
    }

    private static void Detect(YoloDetector detector, MLImage image) => Finite.Check(detector.Detect(image));
}
