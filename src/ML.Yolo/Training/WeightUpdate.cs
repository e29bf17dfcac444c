using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>
/// The step of SGD with Nesterov's momentum, Adam (Kingma, Ba 2015) and AdamW (Loshchilov, Hutter 2019), over what TorchSharp's optimisers remember.
/// </summary>
/// <remarks>
/// Their own step reads numbers that nothing holds (<see cref="Tensors.Arithmetic"/>), some for every parameter: in a long run one of them is freed in time.
/// </remarks>
internal sealed class WeightUpdate
{
    private const double SecondMomentDecay = 0.999;

    private readonly List<Weight> _weights = [];
    private readonly Scalar _one = 1;
    private readonly Scalar _epsilon = 1e-8;

    /// <param name="optimizer">Keeps the states, in the order of its groups' parameters.</param>
    /// <param name="groups">Its groups, and the decay of each.</param>
    public WeightUpdate(OptimizerHelper optimizer, IEnumerable<(ParamGroup Group, Parameter[] Parameters, double Decay)> groups)
    {
        var states = optimizer.state_dict().State;
        foreach (var (group, parameters, decay) in groups)
        {
            foreach (var parameter in parameters)
                _weights.Add(new Weight(parameter, states[_weights.Count], group, decay));
        }
    }

    /// <summary>Shapes of the parameters, in the order of their states.</summary>
    public IEnumerable<long[]> Shapes => _weights.Select(weight => weight.Parameter.shape);

    /// <summary>Changes every parameter that has a gradient.</summary>
    /// <param name="momentum">Momentum; β₁ of Adam.</param>
    public void Step(double momentum)
    {
        using var noGradient = no_grad();
        foreach (var weight in _weights)
        {
            using var scope = NewDisposeScope();
            if (weight.Parameter.grad is not { } gradient)
                continue;
            switch (weight.State)
            {
                case SGD.State state:
                    Descend(weight, state, gradient, momentum);
                    break;
                case Adam.State state:
                    var decayed = Plus(gradient, weight.Parameter, weight.Decay);
                    state.step++;
                    Adapt(weight, state.exp_avg, state.exp_avg_sq, state.step, decayed, momentum);
                    break;
                case AdamW.State state:
                    using (Scalar kept = 1 - (weight.Rate * weight.Decay))
                        weight.Parameter.mul_(kept);
                    state.step++;
                    Adapt(weight, state.exp_avg, state.exp_avg_sq, state.step, gradient, momentum);
                    break;
            }
        }
    }

    private void Descend(Weight weight, SGD.State state, Tensor gradient, double momentum)
    {
        gradient = Plus(gradient, weight.Parameter, weight.Decay);
        if (momentum != 0)
        {
            using Scalar factor = momentum;
            if (state.momentum_buffer is null)
                state.momentum_buffer = gradient.clone().detach().DetachFromDisposeScope();
            else
                state.momentum_buffer.mul_(factor).add_(gradient, _one);
            gradient = gradient.add(state.momentum_buffer, factor);
        }

        using Scalar rate = -weight.Rate;
        weight.Parameter.add_(gradient, rate);
    }

    private void Adapt(Weight weight, Tensor mean, Tensor square, long step, Tensor gradient, double momentum)
    {
        using Scalar memory = momentum, share = 1 - momentum, squareMemory = SecondMomentDecay, squareShare = 1 - SecondMomentDecay;
        mean.mul_(memory).add_(gradient, share);
        square.mul_(squareMemory).addcmul_(gradient, gradient, squareShare);
        using Scalar correction = Math.Sqrt(1 - Math.Pow(SecondMomentDecay, step)), rate = -weight.Rate / (1 - Math.Pow(momentum, step));
        weight.Parameter.addcdiv_(mean, square.sqrt().div_(correction).add_(_epsilon, _one), rate);
    }

    private static Tensor Plus(Tensor gradient, Tensor parameter, double decay)
    {
        if (decay == 0)
            return gradient;
        using Scalar factor = decay;
        return gradient.add(parameter, factor);
    }

    private readonly record struct Weight(Parameter Parameter, OptimizerState State, ParamGroup Group, double Decay)
    {
        public double Rate => Group.LearningRate;
    }
}
