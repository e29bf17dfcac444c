namespace ML.Yolo.Tests.Losses;

/// <summary>A number and its slope along one direction: what is computed with it is differentiated exactly on the way.</summary>
internal readonly record struct Dual(double Value, double Slope = 0)
{
    public static implicit operator Dual(double value) => new(value);

    public static Dual operator +(Dual a, Dual b) => new(a.Value + b.Value, a.Slope + b.Slope);

    public static Dual operator -(Dual a, Dual b) => new(a.Value - b.Value, a.Slope - b.Slope);

    public static Dual operator *(Dual a, Dual b) => new(a.Value * b.Value, (a.Slope * b.Value) + (a.Value * b.Slope));

    public static Dual operator /(Dual a, Dual b) => new(a.Value / b.Value, ((a.Slope * b.Value) - (a.Value * b.Slope)) / (b.Value * b.Value));

    public static Dual Min(Dual a, Dual b) => a.Value < b.Value ? a : b;

    public static Dual Max(Dual a, Dual b) => a.Value > b.Value ? a : b;

    public static Dual Exp(Dual a) => new(Math.Exp(a.Value), a.Slope * Math.Exp(a.Value));

    public static Dual Log(Dual a) => new(Math.Log(a.Value), a.Slope / a.Value);

    public static Dual Sqrt(Dual a) => new(Math.Sqrt(a.Value), a.Slope / (2 * Math.Sqrt(a.Value)));

    public static Dual Atan(Dual a) => new(Math.Atan(a.Value), a.Slope / (1 + (a.Value * a.Value)));

    public static Dual Pow(Dual a, double power) => new(Math.Pow(a.Value, power), a.Slope * power * Math.Pow(a.Value, power - 1));

    public static Dual Sigmoid(Dual a)
    {
        var value = 1 / (1 + Math.Exp(-a.Value));
        return new(value, a.Slope * value * (1 - value));
    }

    /// <summary>ln(1 + eᵃ).</summary>
    public static Dual Softplus(Dual a) => new(Math.Max(a.Value, 0) + Math.Log(1 + Math.Exp(-Math.Abs(a.Value))), a.Slope / (1 + Math.Exp(-a.Value)));
}
