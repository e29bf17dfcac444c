using Xunit.Abstractions;

namespace ML.Yolo.Abuse.Fuzzing;

/// <summary>A minute of the fuzzer from the same seed, so that a build fails for its change alone. The environment sets length, seed and folder.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Fuzz_EveryFormat_IsReadOrRefusedAsDocumented()
    {
        using var text = new StringWriter();
        var findings = Directory.CreateTempSubdirectory("ml-yolo-findings-").FullName;
        var options = FuzzOptions.FromEnvironment(new FuzzOptions { Seed = 20, Findings = findings });

        var isClean = FuzzSupervisor.Run(options, text);

        Console.WriteLine(text);
        output.WriteLine(text.ToString());
        Assert.True(isClean, text.ToString());
        Directory.Delete(findings, recursive: true);
    }
}
