using Microsoft.ML;
using ML.Yolo.Tests.Networks;
using static ML.Yolo.LayerDescription;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Weights;

/// <summary>Weights as other programs save them: with what can be computed, without counters, with a wrapper's name before every name.</summary>
public sealed class ForeignWeightsTests : IDisposable
{
    // The network of the weights in the shared folder.
    private static readonly YoloArchitecture Tiny = new(
        "tiny",
        [
            Conv(8, kernel: 3, stride: 2),
            Conv(16, kernel: 3, stride: 2),
            C3(16, repeats: 1),
            Conv(24, kernel: 3, stride: 2),
            C3(24, repeats: 1),
            Conv(32, kernel: 3, stride: 2),
            Sppf(32, kernel: 5),
            Detect(4, 6),
        ],
        SmallArchitecture.Anchors);

    private readonly MLContext _mlContext = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Kinds => ["anchor_grid", "no counters", "module.", "model.", "module.model.", "no model"];

    public void Dispose() => _folder.Dispose();

    [SharedTheory]
    [InlineData("anchor-grid")]
    [InlineData("no-tracked")]
    public void LoadYolo_WeightsOfTheSharedFolder_Load(string name)
    {
        using var model = Load(SharedFolder.Path("cases", "weights-extra", name + ".safetensors"), Tiny);

        Assert.Equal(2, model.Network.ClassCount);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void LoadYolo_WeightsOfAnotherProgram_LoadAsTheyAre(string kind)
    {
        using var scope = NewDisposeScope();
        var network = YoloNetwork.Create(SmallArchitecture.EveryBlock, 2);
        var state = network.state_dict();
        Safetensors.Save(_folder.File("weights.safetensors"), Changed(state, kind));

        using var model = Load(_folder.File("weights.safetensors"), SmallArchitecture.EveryBlock);

        var loaded = model.Network.state_dict();
        Assert.NotEmpty(state);
        Assert.All(state, entry => TensorAssert.Equal(entry.Value, loaded[entry.Key]));
    }

    [Fact]
    public void LoadYolo_WeightsWithoutAnchors_AreRefusedSinceAnchorsCannotBeGuessed()
    {
        using var scope = NewDisposeScope();
        var network = YoloNetwork.Create(SmallArchitecture.EveryBlock, 2);
        var state = network.state_dict().Where(entry => !entry.Key.EndsWith("anchors", StringComparison.Ordinal)).ToDictionary();
        Safetensors.Save(_folder.File("weights.safetensors"), state);

        var exception = Assert.Throws<WeightsFormatException>(() => Load(_folder.File("weights.safetensors"), SmallArchitecture.EveryBlock));

        Assert.Contains("anchors is missing", exception.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, Tensor> Changed(Dictionary<string, Tensor> state, string kind) => kind switch
    {
        "anchor_grid" => new Dictionary<string, Tensor>(state) { ["model.15.anchor_grid"] = ones(2), ["model.15.stride"] = ones(2) },
        "no counters" => state.Where(entry => !entry.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)).ToDictionary(),
        "no model" => state.ToDictionary(entry => entry.Key["model.".Length..], entry => entry.Value),
        var prefix => state.ToDictionary(entry => prefix + entry.Key, entry => entry.Value),
    };

    private YoloTransformer Load(string path, YoloArchitecture architecture)
        => _mlContext.Transforms.LoadYolo(path, architecture, ["red", "blue"]).Fit(_mlContext.Data.LoadFromEnumerable(SquareImages.Draw(1)));
}
