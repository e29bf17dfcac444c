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
    /// <param name="optimizer">Gets them.</param>
    /// <param name="shapes">Shapes of its parameters.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="device">Where to.</param>
    /// <exception cref="FormatException">A tensor has not its parameter's shape, or is not a count of steps.</exception>
    public static void Load(OptimizerHelper optimizer, IReadOnlyList<long[]> shapes, IReadOnlyDictionary<string, Tensor> tensors, Device device)
    {
        foreach (var (i, state) in optimizer.state_dict().State.Index())
        {
            switch (state)
            {
                case SGD.State sgd:
                    sgd.momentum_buffer = Get(i, Momentum) ?? sgd.momentum_buffer;
                    break;
                case Adam.State adam:
                    adam.exp_avg = Get(i, Mean) ?? adam.exp_avg;
                    adam.exp_avg_sq = Get(i, Variance) ?? adam.exp_avg_sq;
                    adam.step = GetStep(i);
                    break;
                case AdamW.State adamW:
                    adamW.exp_avg = Get(i, Mean) ?? adamW.exp_avg;
                    adamW.exp_avg_sq = Get(i, Variance) ?? adamW.exp_avg_sq;
                    adamW.step = GetStep(i);
                    break;
            }
        }

        Tensor? Get(int parameter, string name)
        {
            if (!tensors.TryGetValue($"{parameter}.{name}", out var value))
                return null;
            return value.dtype == ScalarType.Float32 && value.shape.AsSpan().SequenceEqual(shapes[parameter])
                ? value.to(device, copy: true).DetachFromDisposeScope()
                : throw Wrong(parameter, name, value, $"numbers of single precision of shape ({string.Join(", ", shapes[parameter])})");
        }

        long GetStep(int parameter)
        {
            if (!tensors.TryGetValue($"{parameter}.{Step}", out var value))
                return 0;
            return value.dtype == ScalarType.Int64 && value.numel() == 1 && value.item<long>() is >= 0 and var step
                ? step
                : throw Wrong(parameter, Step, value, "a count of at least 0");
        }

        static FormatException Wrong(int parameter, string name, Tensor found, string expected)
            => new($"'{parameter}.{name}' is of {found.dtype} and shape ({string.Join(", ", found.shape)}); {expected} was expected");
    }

    private static (string Name, Tensor? Tensor)[] Of(OptimizerState state) => state switch
    {
        SGD.State sgd => [(Momentum, sgd.momentum_buffer)],
        Adam.State adam => [(Mean, adam.exp_avg), (Variance, adam.exp_avg_sq), (Step, tensor(adam.step))],
        AdamW.State adamW => [(Mean, adamW.exp_avg), (Variance, adamW.exp_avg_sq), (Step, tensor(adamW.step))],
        _ => throw new NotSupportedException($"What {state.GetType().Name} remembers cannot be saved."),
    };
}
