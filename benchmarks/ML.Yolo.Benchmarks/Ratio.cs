namespace ML.Yolo.Benchmarks;

/// <summary>A claim about speed that holds on any machine: two times measured in one run, and their quotient.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Claim">What is divided by what.</param>
/// <param name="Goal">What the quotient should be at most; null where none is set.</param>
/// <param name="Measure">Takes both times.</param>
internal sealed record Ratio(string Name, string Claim, double? Goal, Func<Comparison> Measure)
{
    /// <summary>Whether the second time is PyTorch's, so that the ratio can be had only where that is.</summary>
    public bool IsAgainstPyTorch { get; init; }
}
