namespace ML.Yolo.Benchmarks;

/// <summary>A claim about speed that holds on any machine: two times measured in one run, and their quotient.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Claim">What is divided by what, and what it should be.</param>
/// <param name="Measure">Takes the times and gives the quotient.</param>
internal sealed record Ratio(string Name, string Claim, Func<double> Measure);
