namespace ML.Yolo.Tests.Architecture;

/// <summary>No text of the library depends on the culture of the thread that makes it.</summary>
public sealed class CultureTests
{
    [Theory]
    [InlineData("ML.Yolo")]
    [InlineData("ML.Yolo.Onnx")]
    [InlineData("ML.Yolo.Reports")]
    public void Texts_OfNumbersAndTimes_NameTheirCulture(string assembly)
    {
        using var checker = CultureChecker.Open(assembly);

        var report = Violation.Report(checker.Find());
        Assert.True(report.Length == 0, report);
    }

    [Theory]
    [InlineData("string Run(float x) => $\"x is {x}\";", "{Single} in an interpolated string")]
    [InlineData("string Run(double? x) => $\"x is {x}\";", "{Nullable`1} in an interpolated string")]
    [InlineData("string Run(object x) => $\"x is {x}\";", "{Object} in an interpolated string")]
    [InlineData("string Run<T>(T x) => $\"x is {x}\";", "{T} in an interpolated string")]
    [InlineData("string Run(int x) => $\"x is {x:N0}\";", "{Int32} in an interpolated string")]
    [InlineData("string Run(float x) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $\"{$\"{x:F2}\"} of {x}\");", "{Single} in an interpolated string")]
    [InlineData("Func<float, string> Run(int i) => x => $\"{i} {x:F2}\";", "{Single} in an interpolated string")]
    [InlineData("string Run(float x) => x.ToString();", "Single.ToString")]
    [InlineData("string Run(long x) => x.ToString(\"N0\");", "Int64.ToString")]
    [InlineData("string Run(float[] x) => string.Join(\", \", x);", "String.Join of Single")]
    [InlineData("string Run(DateTime x) => string.Format(\"{0}\", x);", "String.Format")]
    [InlineData("float Run(string x) => float.Parse(x);", "Single.Parse")]
    [InlineData("Exception Run(float x) => new ArgumentOutOfRangeException(\"x\", x, \"It is too large.\");", "the actual value of an ArgumentOutOfRangeException")]
    [InlineData("void Run(float x) => ArgumentOutOfRangeException.ThrowIfNegative(x);", "ArgumentOutOfRangeException.ThrowIfNegative")]
    public void Find_TextWithoutCulture_NamesPlaceAndValue(string member, string use)
    {
        using var checker = new PlantedAssembly().With("Scoring/Engine.cs", $"class Engine {{ {member} }}").FindCultures();

        Assert.Equal(new Violation("depends on the culture", "Planted.Engine.Run", use), Assert.Single(checker.Find()));
    }

    [Theory]
    [InlineData("string Run(float x) => FormattableString.Invariant($\"x is {x}\");")]
    [InlineData("string Run(float x) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $\"{x} of {x:F2}\");")]
    [InlineData("string Run(int x, string y) => $\"{x} of {y}\";")]
    [InlineData("string Run(float x) => x.ToString(System.Globalization.CultureInfo.InvariantCulture);")]
    [InlineData("Exception Run(float x) => new ArgumentOutOfRangeException(\"x\", \"It is too large.\");")]
    [InlineData("string Run(byte x) => $\"0x{x:x2}\";")]
    [InlineData("record Box(float X, float Y);")]
    public void Find_TextWithCulture_FindsNone(string member)
    {
        using var checker = new PlantedAssembly().With("Scoring/Engine.cs", $"class Engine {{ {member} }}").FindCultures();

        Assert.Empty(checker.Find());
    }
}
