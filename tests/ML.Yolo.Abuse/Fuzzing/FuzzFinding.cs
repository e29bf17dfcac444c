using System.Security.Cryptography;

namespace ML.Yolo.Abuse.Fuzzing;

/// <summary>An input that breaks something, and how, as two files side by side.</summary>
internal static class FuzzFinding
{
    /// <summary>End of the files that say what went wrong.</summary>
    public const string ProblemSuffix = ".problem.txt";

    public static void Save(string folder, string target, byte[] input, string problem)
    {
        var path = Path.Combine(folder, $"{target}-{Convert.ToHexString(SHA256.HashData(input))[..12]}");
        File.WriteAllBytes(path + ".input", input);
        File.WriteAllText(path + ProblemSuffix, problem);
    }

    /// <summary>What was found so far: the file and the first line of what went wrong.</summary>
    public static IReadOnlyList<string> In(string folder)
        => [.. Directory.EnumerateFiles(folder, $"*{ProblemSuffix}").Order(StringComparer.Ordinal)
            .Select(path => $"{path[..^ProblemSuffix.Length]}.input: {File.ReadLines(path).FirstOrDefault()}")];
}
