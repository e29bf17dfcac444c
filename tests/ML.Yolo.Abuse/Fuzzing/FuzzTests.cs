using Xunit.Abstractions;

namespace ML.Yolo.Abuse.Fuzzing;

/// <summary>A minute of the fuzzer, of which the environment sets length and seed.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Fuzz_EveryFormat_IsReadOrRefusedAsDocumented()
    {
        using var text = new StringWriter();
        var options = FuzzOptions.FromEnvironment();

        var isClean = FuzzSupervisor.Run(options, text);

        Console.WriteLine(text);
        output.WriteLine(text.ToString());
        Assert.True(isClean, text.ToString());
    }
}
