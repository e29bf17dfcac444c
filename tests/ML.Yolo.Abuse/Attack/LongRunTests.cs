using System.Text.Json.Nodes;
using Microsoft.ML;
using ML.Yolo.Tests;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Tests.Onnx;
using ML.Yolo.Training;
using static TorchSharp.torch;

namespace ML.Yolo.Abuse.Attack;

/// <summary>Rows 13 and 19 of the attack: what is written can be read however long the run was, and names in tables calculate nothing.</summary>
public sealed class LongRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_CheckpointOfFortyThousandValidatedEpochs_KeepsThemAll()
    {
        using var scope = NewDisposeScope();
        var path = _folder.File("last.safetensors");
        var checkpoint = new Checkpoint(new TrainingState { Epoch = 40_000 }, new TrainingIdentity(1, ["a"], 1, "", new JsonObject()), History(40_000));

        checkpoint.Save(path, new Dictionary<string, Tensor> { ["x"] = ones(1) });

        Assert.Equal(40_000, Checkpoint.Load(path).Checkpoint.History.Epochs.Count);
        Assert.Equal(40_000, Checkpoint.ReadHeader(path).State.Epoch);
    }

    [Fact]
    public void Load_ModelOfFortyThousandEpochs_KeepsTenThousandEvenlySpread()
    {
        var mlContext = new MLContext();
        using (var bare = RandomDetector.Create(SmallArchitecture.EveryBlock, imageSize: 64))
        using (var model = new YoloTransformer(bare.Engine, bare.ClassNames, bare.Options, History(40_000)))
            mlContext.Model.Save(model, null, _folder.File("model.zip"));

        using var loaded = (YoloTransformer)mlContext.Model.Load(_folder.File("model.zip"), out _);

        Assert.Equal(Enumerable.Range(1, 10_000).Select(i => 4 * i), loaded.History!.Epochs.Select(epoch => epoch.Epoch));
    }

    [Fact]
    public void ToCsv_NamesThatAreFormulas_AreTexts()
    {
        var history = History(1, "=cmd|' /C calc'!A0", "a,b\"c");

        Assert.StartsWith("epoch,seconds,loss/=cmd|' /C calc'!A0,\"loss/a,b\"\"c\",rate/learning,", history.ToCsv(), StringComparison.Ordinal);
    }

    private static TrainingHistory History(int epochs, params string[] terms) => new([.. Enumerable.Range(1, epochs).Select(epoch => new TrainingEpoch
    {
        Epoch = epoch,
        Losses = (terms.Length == 0 ? ["box", "obj", "cls"] : terms).ToDictionary(term => term, _ => 0.123456f),
        LearningRate = 0.0123456789,
        ImagesPerSecond = 123.456789,
        Elapsed = TimeSpan.FromSeconds(epoch),
        MAP50 = 0.123456789,
        MAP50_95 = 0.123456789,
        Precision = 0.123456789,
    })]);
}
