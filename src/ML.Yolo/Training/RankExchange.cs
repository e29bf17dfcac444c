using System.Runtime.InteropServices;
using ML.Yolo.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>Processes that each have a network: all get the sum of the gradients, and all make the same step.</summary>
/// <param name="distribution">The processes.</param>
/// <param name="averagesStatistics">Whether the norms' statistics are averaged over the processes; else those of rank 0 count.</param>
internal sealed class RankExchange(Distribution distribution, bool averagesStatistics) : GradientExchange, IDisposable
{
    // All gradients, then for each parameter whether it has one; taken once.
    private Tensor? _flat;

    public override bool SharesBatches => true;

    public override void SumGradients(YoloNetwork network)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var parameters = network.parameters().Where(parameter => parameter.requires_grad).ToList();
        var flat = Pack(parameters);
        distribution.Sum(MemoryMarshal.Cast<byte, float>(flat.bytes));
        Unpack(flat, parameters);
    }

    public override void CollectGradients(YoloNetwork network)
    {
        SumGradients(network);
        if (!distribution.IsFirst)
            network.zero_grad();
    }

    /// <summary>Nothing to do: equal gradients of equal weights made equal steps.</summary>
    public override void ShareWeights(YoloNetwork network)
    {
    }

    public override void Align(YoloNetwork network, YoloNetwork average)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var one in new[] { network, average })
        {
            if (averagesStatistics)
                AverageStatistics(one);
            foreach (var tensor in one.state_dict().Values)
                Share(tensor);
        }
    }

    public override void Sum(Span<double> numbers) => distribution.Sum(numbers);

    public override double Max(double number) => distribution.Max(number);

    public void Dispose() => _flat?.Dispose();

    private Tensor Pack(List<Parameter> parameters)
    {
        var length = parameters.Sum(parameter => parameter.numel());
        _flat ??= empty(length + parameters.Count, ScalarType.Float32).DetachFromDisposeScope();
        _flat.zero_();
        long place = 0;
        for (var i = 0; i < parameters.Count; i++)
        {
            var count = parameters[i].numel();
            if (parameters[i].grad is { } gradient)
            {
                _flat.narrow(0, place, count).copy_(gradient.reshape(-1));
                _flat[length + i] = 1;
            }

            place += count;
        }

        return _flat;
    }

    private static void Unpack(Tensor flat, List<Parameter> parameters)
    {
        var has = flat.narrow(0, flat.numel() - parameters.Count, parameters.Count).data<float>().ToArray();
        long place = 0;
        for (var i = 0; i < parameters.Count; i++)
        {
            var (parameter, count) = (parameters[i], parameters[i].numel());
            if (has[i] > 0)
            {
                var sum = flat.narrow(0, place, count).reshape(parameter.shape);
                if (parameter.grad is { } gradient)
                    gradient.copy_(sum);
                else
                    parameter.grad = sum.to(parameter.device, copy: true).DetachFromDisposeScope();
            }

            place += count;
        }
    }

    /// <summary>Means of the means and of the variances: exact for the means where shares are of one size.</summary>
    private void AverageStatistics(YoloNetwork network)
    {
        foreach (var norm in network.modules().OfType<BatchNorm2d>())
        {
            foreach (var statistic in new[] { norm.running_mean!, norm.running_var! })
            {
                var sum = statistic.to(CPU, copy: true);
                distribution.Sum(MemoryMarshal.Cast<byte, float>(sum.bytes));
                statistic.copy_(sum.Over(distribution.Size));
            }
        }
    }

    /// <summary>Gives all ranks the first one's numbers.</summary>
    private void Share(Tensor tensor)
    {
        var local = tensor.to(CPU, copy: true).contiguous();
        distribution.Broadcast(local.bytes);
        tensor.copy_(local);
    }
}
