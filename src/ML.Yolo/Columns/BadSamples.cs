namespace ML.Yolo.Columns;

/// <summary>Collects what was wrong with samples that are left out: how many there are, and the first ten. May be used by several threads.</summary>
internal sealed class BadSamples
{
    private const int Shown = 10;

    private readonly Lock _lock = new();
    private readonly HashSet<long> _samples = [];
    private readonly SortedDictionary<long, string> _first = [];

    /// <summary>Samples left out.</summary>
    public int Count => _samples.Count;

    /// <summary>Whether an exception tells of a bad sample, not of a bug or of a machine in trouble.</summary>
    public static bool IsBadSample(Exception exception) => exception is FormatException or IOException or UnauthorizedAccessException;

    /// <summary>Notes a sample; the same one may be noted in several passes.</summary>
    public void Add(long sample, string problem)
    {
        lock (_lock)
        {
            if (!_samples.Add(sample))
                return;
            _first[sample] = problem;
            if (_first.Count > Shown)
                _first.Remove(_first.Keys.Last());
        }
    }

    /// <summary>The report, one line for each of the first ten.</summary>
    /// <param name="whole">What the samples are of.</param>
    /// <param name="outcome">What became of them.</param>
    public string Report(string whole, string outcome = "left out")
    {
        lock (_lock)
        {
            var more = _samples.Count > _first.Count ? $" The first {_first.Count}:" : "";
            var count = _samples.Count == 1 ? $"1 bad sample of {whole} is" : $"{_samples.Count} bad samples of {whole} are";
            return $"{count} {outcome}.{more}{string.Concat(_first.Values.Select(problem => $"{Environment.NewLine}  {problem}"))}";
        }
    }
}
