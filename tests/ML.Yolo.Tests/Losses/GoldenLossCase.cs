using System.Text.Json;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>One case of golden/loss: inputs, expected assignment, terms and gradients of the reference.</summary>
internal sealed class GoldenLossCase : IDisposable
{
    private readonly IReadOnlyDictionary<string, Tensor> _tensors;
    private readonly JsonElement _settings;

    public GoldenLossCase(string name)
    {
        _tensors = Safetensors.Load(SharedFolder.Path("golden", "loss", name + ".safetensors"));
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Path("golden", "loss", name + ".json")));
        _settings = document.RootElement.Clone();
        Predictions = [.. Enumerable.Range(0, LayerCount).Select(i => _tensors[$"p{i}"].requires_grad_())];
    }

    public IReadOnlyList<Tensor> Predictions { get; }

    public Tensor Targets => _tensors["targets"];

    public Tensor Anchors => _tensors["anchors"];

    public int LayerCount => (int)Anchors.shape[0];

    public int Calls => _settings.TryGetProperty("calls", out var calls) ? calls.GetInt32() : 1;

    public IReadOnlyList<int> BuiltTargets => [.. _settings.GetProperty("builtTargets").EnumerateArray().Select(count => count.GetInt32())];

    public Tensor Expected(string name) => _tensors[name];

    public double ExpectedTotal(int call) => Call(call).GetProperty("total").GetDouble();

    public double ExpectedTerm(int call, string name)
    {
        var names = _settings.GetProperty("itemNames").EnumerateArray().Select(item => item.GetString()).ToList();
        return Call(call).GetProperty("items")[names.IndexOf(name)].GetDouble();
    }

    public IReadOnlyList<double> ExpectedBalance(int call) => [.. Call(call).GetProperty("balance").EnumerateArray().Select(weight => weight.GetDouble())];

    public AnchorLoss CreateLoss() => AnchorLoss.Create(_settings.GetProperty("variant").GetString() == "v3" ? V3Options() : V5Options(), Anchors);

    public void Dispose()
    {
        foreach (var tensor in _tensors.Values)
            tensor.Dispose();
    }

    private JsonElement Call(int call) => _settings.GetProperty("expected")[call];

    private float Number(string name) => _settings.GetProperty(name).GetSingle();

    private YoloV5LossOptions V5Options() => new()
    {
        BoxWeight = Number("boxWeight"),
        ObjectnessWeight = Number("objectnessWeight"),
        ClassWeight = Number("classWeight"),
        ClassPositiveWeight = Number("classPositiveWeight"),
        ObjectnessPositiveWeight = Number("objectnessPositiveWeight"),
        FocalGamma = Number("focalGamma"),
        AnchorThreshold = Number("anchorThreshold"),
        LabelSmoothing = Number("labelSmoothing"),
        LayerBalance = [.. _settings.GetProperty("layerBalance").EnumerateArray().Select(weight => weight.GetSingle())],
        AutoBalance = _settings.GetProperty("autoBalance").GetBoolean(),
        ObjectnessIouRatio = Number("gr"),
        SortObjectnessByIou = _settings.GetProperty("sortObjectnessByIou").GetBoolean(),
    };

    private YoloV3LossOptions V3Options() => new()
    {
        BoxWeight = Number("boxWeight"),
        ObjectnessWeight = Number("objectnessWeight"),
        NoObjectWeight = Number("noObjectWeight"),
        ClassWeight = Number("classWeight"),
        IouThreshold = Number("iouThreshold"),
        IgnoreThreshold = Number("ignoreThreshold"),
        LabelSmoothing = Number("labelSmoothing"),
    };
}
