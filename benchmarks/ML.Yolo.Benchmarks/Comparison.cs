namespace ML.Yolo.Benchmarks;

/// <summary>Two median times of one run.</summary>
/// <param name="First">Milliseconds of what is measured.</param>
/// <param name="Second">Milliseconds of what it is measured against.</param>
internal readonly record struct Comparison(double First, double Second)
{
    /// <summary>First over second.</summary>
    public double Quotient => First / Second;
}
