using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>What an optimiser remembers of each parameter, as tensors by name: "3.momentum" is the momentum of its fourth parameter.</summary>
internal static class OptimizerTensors
{
    private const string Momentum = "momentum";
    private const string Mean = "mean";
    private const string Variance = "variance";
    private const string Step = "step";

    /// <summary>The tensors as they are; those made for the purpose belong to the current dispose scope.</summary>
    public static IEnumerable<KeyValuePair<string, Tensor>> Of(OptimizerHelper optimizer)
        => optimizer.state_dict().State.SelectMany((state, i) => Of(state)
            .Where(entry => entry.Tensor is not null)
            .Select(entry => KeyValuePair.Create($"{i}.{entry.Name}", entry.Tensor!)));

    /// <summary>Puts tensors back that <see cref="Of(OptimizerHelper)"/> gave, onto a device.</summary>
    public static void Load(OptimizerHelper optimizer, IReadOnlyDictionary<string, Tensor> tensors, Device device)
    {
        foreach (var (i, state) in optimizer.state_dict().State.Index())
        {
            switch (state)
            {
                case SGD.State sgd:
                    sgd.momentum_buffer = Get($"{i}.{Momentum}") ?? sgd.momentum_buffer;
                    break;
                case Adam.State adam:
                    adam.exp_avg = Get($"{i}.{Mean}") ?? adam.exp_avg;
                    adam.exp_avg_sq = Get($"{i}.{Variance}") ?? adam.exp_avg_sq;
                    adam.step = GetStep($"{i}.{Step}");
                    break;
                case AdamW.State adamW:
                    adamW.exp_avg = Get($"{i}.{Mean}") ?? adamW.exp_avg;
                    adamW.exp_avg_sq = Get($"{i}.{Variance}") ?? adamW.exp_avg_sq;
                    adamW.step = GetStep($"{i}.{Step}");
                    break;
            }
        }

        Tensor? Get(string name) => tensors.TryGetValue(name, out var value) ? value.to(device, copy: true).DetachFromDisposeScope() : null;

        long GetStep(string name) => tensors.TryGetValue(name, out var value) ? value.item<long>() : 0;
    }

    private static (string Name, Tensor? Tensor)[] Of(OptimizerState state) => state switch
    {
        SGD.State sgd => [(Momentum, sgd.momentum_buffer)],
        Adam.State adam => [(Mean, adam.exp_avg), (Variance, adam.exp_avg_sq), (Step, tensor(adam.step))],
        AdamW.State adamW => [(Mean, adamW.exp_avg), (Variance, adamW.exp_avg_sq), (Step, tensor(adamW.step))],
        _ => throw new NotSupportedException($"What {state.GetType().Name} remembers cannot be saved."),
    };
}
