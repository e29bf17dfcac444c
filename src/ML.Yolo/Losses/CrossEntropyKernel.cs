using System.Numerics;

namespace ML.Yolo.Losses;

/// <summary>
/// <see cref="BinaryCrossEntropy"/> without focusing, and its gradient, in one pass over plain memory. In double precision: sums of millions stay exact.
/// </summary>
/// <param name="positiveWeight">Factor on the positive part.</param>
internal sealed class CrossEntropyKernel(double positiveWeight)
{
    // ln(1 + u) = 2 (s + s³/3 + s⁵/5 + …) with s = u / (2 + u), at most 1/3: sixteen terms are exact to the last bit of 64.
    private const int Terms = 16;

    /// <summary>The sum of all losses where every target is one number; the derivatives take the place of the logits.</summary>
    /// <param name="logits">Logits in, derivatives out.</param>
    /// <param name="target">The target, in [0, 1].</param>
    public double Sum(Span<double> logits, double target)
    {
        var weight = 1 + ((positiveWeight - 1) * target);
        var sums = Vector<double>.Zero;
        var i = 0;
        for (; i <= logits.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var part = logits.Slice(i, Vector<double>.Count);
            var logit = new Vector<double>(part);
            var negative = Vector.Exp(-Vector.Abs(logit));                                // e^−|x|
            var inverse = Vector<double>.One / (Vector<double>.One + negative);           // σ(|x|)
            var isPositive = Vector.GreaterThanOrEqual(logit, Vector<double>.Zero);
            var complement = Vector.ConditionalSelect(isPositive, negative * inverse, inverse);       // 1 − σ(x)
            var softplus = LogOnePlus(negative) + Vector.Max(-logit, Vector<double>.Zero);            // ln(1 + e^−x)
            sums += ((1 - target) * logit) + (weight * softplus);
            (((1 - target) * Vector<double>.One) - (weight * complement)).CopyTo(part);
        }

        var sum = Vector.Sum(sums);
        for (; i < logits.Length; i++)
        {
            var (loss, derivative) = At(logits[i], target);
            sum += loss;
            logits[i] = derivative;
        }

        return sum;
    }

    /// <summary>One loss and its derivative.</summary>
    public (double Loss, double Derivative) At(double logit, double target)
    {
        var weight = 1 + ((positiveWeight - 1) * target);
        var negative = Math.Exp(-Math.Abs(logit));
        var complement = (logit >= 0 ? negative : 1) / (1 + negative);
        var softplus = LogOnePlus(new Vector<double>(negative))[0] + Math.Max(-logit, 0);
        return (((1 - target) * logit) + (weight * softplus), 1 - target - (weight * complement));
    }

    private static Vector<double> LogOnePlus(Vector<double> value)
    {
        var s = value / (value + new Vector<double>(2));
        var square = s * s;
        var sum = new Vector<double>(1.0 / ((2 * Terms) + 1));
        for (var term = Terms - 1; term >= 0; term--)
            sum = (sum * square) + new Vector<double>(1.0 / ((2 * term) + 1));
        return 2 * s * sum;
    }
}
