namespace ML.Yolo.Tests.Architecture;

/// <summary>A place that breaks a rule of the house.</summary>
/// <param name="Rule">What is broken, the same for every place that breaks it likewise: <c>Scoring → the root</c>.</param>
/// <param name="Place">Type and member.</param>
/// <param name="Used">What it makes use of.</param>
internal sealed record Violation(string Rule, string Place, string Used)
{
    /// <summary>All of them for people: a paragraph per rule, a line per place.</summary>
    public static string Report(IEnumerable<Violation> violations)
        => string.Join("\n", violations.Distinct().GroupBy(violation => violation.Rule).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key} ({group.Count()})\n{string.Join("\n", group.OrderBy(violation => violation.Place, StringComparer.Ordinal).Select(violation => $"    {violation.Place}: {violation.Used}"))}"));
}
