using System.Globalization;

namespace ML.Yolo.Tests.Scoring;

public sealed class ScoringOptionsTests
{
    [Theory]
    [InlineData("ScoreThreshold", float.NaN, "ScoreThreshold is NaN; it must be in [0, 1].")]
    [InlineData("ScoreThreshold", 1.5f, "ScoreThreshold is 1.5; it must be in [0, 1].")]
    [InlineData("IouThreshold", float.NaN, "IouThreshold is NaN; it must be in [0, 1].")]
    [InlineData("IouThreshold", -0.25f, "IouThreshold is -0.25; it must be in [0, 1].")]
    [InlineData("MaxDetections", 0, "MaxDetections is 0; it must be at least 1.")]
    [InlineData("BatchSize", 0, "BatchSize is 0; it must be in [1, 1024].")]
    [InlineData("BatchSize", 1025, "BatchSize is 1025; it must be in [1, 1024].")]
    [InlineData("Canvas", 7, "Canvas is 7; it must be one of Tight, Square.")]
    public void Set_ValueOutOfRange_NamesPropertyFoundAndExpectedAndKeepsTheValue(string property, object value, string message)
    {
        using var culture = new CultureScope("de-DE");
        var options = new ScoringOptions();
        var before = Describe(options);

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => Set(options, property, value));

        Assert.Equal($"{message} (Parameter '{property}')", exception.Message);
        Assert.Equal(before, Describe(options));
    }

    [Fact]
    public void New_Defaults_AreThoseForDetecting()
        => Assert.Equal((0.25f, 0.45f, false, 300, ScoringCanvas.Tight, 8), Values(new ScoringOptions()));

    [Fact]
    public void Measuring_ChangedByOneCaller_IsNewForTheNext()
    {
        ScoringOptions.Measuring.ScoreThreshold = 0.9f;

        Assert.Equal((0.001f, 0.6f, true, 300, ScoringCanvas.Tight, 8), Values(ScoringOptions.Measuring));
    }

    [Fact]
    public void Set_OtherPropertiesByOtherThreads_LosesNone()
    {
        const int Times = 20_000;
        var options = new ScoringOptions();

        Parallel.Invoke(
            () => Repeat(i => options.MaxDetections = 1 + i),
            () => Repeat(i => options.ScoreThreshold = (float)i / Times),
            () => Repeat(i => options.BatchSize = 1 + (i % 1024)));

        Assert.Equal((Times, (float)(Times - 1) / Times, 1 + ((Times - 1) % 1024)), (options.MaxDetections, options.ScoreThreshold, options.BatchSize));

        static void Repeat(Action<int> set)
        {
            for (var i = 0; i < Times; i++)
                set(i);
        }
    }

    private static void Set(ScoringOptions options, string property, object value)
    {
        var target = typeof(ScoringOptions).GetProperty(property)!;
        var typed = target.PropertyType.IsEnum
            ? Enum.ToObject(target.PropertyType, value)
            : Convert.ChangeType(value, target.PropertyType, CultureInfo.InvariantCulture);
        try
        {
            target.SetValue(options, typed);
        }
        catch (System.Reflection.TargetInvocationException exception)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception.InnerException!);
        }
    }

    private static string Describe(ScoringOptions options) => Values(options).ToString();

    private static (float, float, bool, int, ScoringCanvas, int) Values(ScoringOptions options)
        => (options.ScoreThreshold, options.IouThreshold, options.MultiLabel, options.MaxDetections, options.Canvas, options.BatchSize);
}
