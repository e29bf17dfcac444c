using System.Text;
using Microsoft.ML;
using ML.Yolo.Abuse.Fuzzing.Mutations;
using ML.Yolo.Tests;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Tests.Onnx;
using ML.Yolo.Tests.Training;
using ML.Yolo.Tests.Weights;
using TorchSharp;

namespace ML.Yolo.Abuse.Fuzzing.Targets;

/// <summary>Weights: safetensors, PyTorch checkpoints, both into a network, and checkpoints of training.</summary>
internal static class WeightTargets
{
    private static readonly Type[] Refused = [typeof(WeightsFormatException), typeof(IOException)];

    public static FuzzTarget Safetensors(string folder)
    {
        var path = Path.Combine(folder, "weights.safetensors");
        using var scope = torch.NewDisposeScope();
        ML.Yolo.Safetensors.Save(path, Tensors(), new Dictionary<string, string> { ["names"] = "[\"a\",\"b\"]", ["image_size"] = "64" });
        return new FuzzTarget
        {
            Name = "safetensors",
            Seeds = [File.ReadAllBytes(path)],
            Mutations = [SafetensorsMutations.Change],
            Documented = Refused,
            Read = input => Read(path, input, ML.Yolo.Safetensors.Load),
        };
    }

    public static FuzzTarget PyTorch(string folder)
    {
        var path = Path.Combine(folder, "weights.pt");
        using var scope = torch.NewDisposeScope();
        return new FuzzTarget
        {
            Name = "pt",
            Seeds = [CheckpointBytes.Of(Tensors()), ModuleBytes.Of(Tensors())],
            Mutations = [ZipMutations.Change, ZipMutations.Change, PickleMutations.Change],
            Documented = Refused,
            Read = input => Read(path, input, PyTorchCheckpoint.Load),
        };
    }

    /// <summary>Weights of either format that go into a network, which finds what it finds with them.</summary>
    public static FuzzTarget Network(string folder)
    {
        var path = Path.Combine(folder, "weights");
        using var scope = torch.NewDisposeScope();
        using var detector = RandomDetector.Create(SmallArchitecture.EveryBlock, imageSize: 64);
        detector.SaveWeights(path);
        var (mlContext, options) = (new MLContext(), new YoloTrainer.Options { ImageSize = 64 });
        return new FuzzTarget
        {
            Name = "weights",
            Seeds = [File.ReadAllBytes(path), CheckpointBytes.Of(detector.Network.state_dict()), ModuleBytes.Of(detector.Network.state_dict())],
            Mutations = [SafetensorsMutations.Change, SafetensorsMutations.Change, ZipMutations.Change],
            Documented = [typeof(FormatException), typeof(IOException), typeof(ArgumentException), typeof(NotSupportedException)],
            Read = input =>
            {
                File.WriteAllBytes(path, input);
                using var loaded = new MLContext().Transforms.LoadYolo(path, SmallArchitecture.EveryBlock, ["a", "b", "c"], options)
                    .Fit(SquareImages.AsView(mlContext, SquareImages.Draw(1)));
                Finite.Check(loaded.Network);
            },
        };
    }

    /// <summary>A run that is over is gone on with: nothing is left to learn, unless the checkpoint says so.</summary>
    public static FuzzTarget TrainingCheckpoint(string folder)
    {
        var path = Path.Combine(folder, "last.safetensors");
        var images = SquareImages.Draw(2);
        Train(resume: false).Dispose();
        var seed = File.ReadAllBytes(path);
        return new FuzzTarget
        {
            Name = "checkpoint",
            Seeds = [seed],
            Mutations = [SafetensorsMutations.Change, Metadata],
            Documented = [.. Refused, typeof(TrainingDivergedException)],
            Read = input =>
            {
                File.WriteAllBytes(path, input);
                using var model = Train(resume: true);
                Finite.Check(model.Network);
            },
        };

        YoloTransformer Train(bool resume)
        {
            var options = TinyRun.Options(epochs: 1);
            (options.Architecture, options.BatchSize, options.CheckpointDirectory, options.Resume) = (SmallArchitecture.EveryBlock, 2, folder, resume);
            return TinyRun.Fit(new MLContext(seed: 1), options, images);
        }
    }

    /// <summary>Changes the JSON within the JSON of the header.</summary>
    private static byte[] Metadata(byte[] input, Random random) => SafetensorsMutations.ChangeText(input, "checkpoint", text =>
        Encoding.UTF8.GetString(JsonMutations.Change(Encoding.UTF8.GetBytes(text), random)));

    private static void Read(string path, byte[] input, Func<string, IReadOnlyDictionary<string, torch.Tensor>> load)
    {
        File.WriteAllBytes(path, input);
        foreach (var tensor in load(path).Values)
            tensor.Dispose();
    }

    private static Dictionary<string, torch.Tensor> Tensors() => new()
    {
        ["model.0.conv.weight"] = torch.ones(2, 3, 3, 3),
        ["model.0.bn.running_mean"] = torch.zeros(2),
        ["model.0.bn.num_batches_tracked"] = torch.zeros(1, dtype: torch.ScalarType.Int64),
    };
}
