using System.Text.Json;
using ML.Yolo.Losses;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>One case of golden/loss for heads without anchors: of the whole loss (v8-…) or of the assigner alone (assigner-…).</summary>
internal sealed class GoldenPointCase : IDisposable
{
    private readonly IReadOnlyDictionary<string, Tensor> _tensors;
    private readonly JsonElement _settings;

    public GoldenPointCase(string name)
    {
        _tensors = Safetensors.Load(SharedFolder.Path("golden", "loss", name + ".safetensors"));
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Path("golden", "loss", name + ".json")));
        _settings = document.RootElement.Clone();
    }

    public Tensor this[string name] => _tensors[name];

    public int ClassCount => _settings.GetProperty("classCount").GetInt32();

    public int[] Strides => [.. _settings.GetProperty("strides").EnumerateArray().Select(stride => stride.GetInt32())];

    /// <summary>Height and width, pixels.</summary>
    public int[] ImageSize => [.. _settings.GetProperty("imageSize").EnumerateArray().Select(side => side.GetInt32())];

    public PointGrid Grid => new(Strides, [.. Strides.Select(stride => ((long)ImageSize[0] / stride, (long)ImageSize[1] / stride))]);

    public Tensor[] Maps => [.. Strides.Select((_, i) => _tensors[$"p{i}"].requires_grad_())];

    public double Total => Expected.GetProperty("total").GetDouble();

    public double TargetScoreSum => Expected.GetProperty("targetScoreSum").GetDouble();

    /// <summary>Positives, by image and target.</summary>
    public int[][] Positives => [.. _settings.GetProperty("positives").EnumerateArray().Select(image => image.EnumerateArray().Select(count => count.GetInt32()).ToArray())];

    private JsonElement Expected => _settings.GetProperty("expected")[0];

    public double Term(string name)
    {
        var names = _settings.GetProperty("itemNames").EnumerateArray().Select(item => item.GetString()).ToList();
        return Expected.GetProperty("items")[names.IndexOf(name)].GetDouble();
    }

    public YoloV8Loss CreateLoss() => new(Strides, ClassCount, new YoloV8LossOptions
    {
        BoxWeight = Number("boxWeight"),
        ClassWeight = Number("classWeight"),
        DistributionWeight = Number("dflWeight"),
        TopCandidates = (int)Number("topk"),
        ScoreExponent = Number("alpha"),
        IouExponent = Number("beta"),
    });

    public TaskAlignedAssigner CreateAssigner() => new((int)Number("topk"), Number("alpha"), Number("beta"));

    public void Dispose()
    {
        foreach (var tensor in _tensors.Values)
            tensor.Dispose();
    }

    private float Number(string name) => _settings.GetProperty(name).GetSingle();
}
