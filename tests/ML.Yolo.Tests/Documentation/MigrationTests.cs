using System.Reflection;
using Microsoft.ML.TorchSharp.AutoFormerV2;
using ML.Yolo.Tests.Packaging;

namespace ML.Yolo.Tests.Documentation;

/// <summary>docs/migrating.md names options that there are.</summary>
public sealed class MigrationTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(PackedPackages.Repository, "docs", "migrating.md"));

    [Theory]
    [InlineData("IOUThreshold", "0.5")]
    [InlineData("ScoreThreshold", "0.5")]
    [InlineData("MaxEpoch", "10")]
    [InlineData("InitLearningRate", "1.0")]
    [InlineData("WeightDecay", "0")]
    [InlineData("LogEveryNStep", "50")]
    [InlineData("Steps", "6")]
    public void Defaults_OfObjectDetection_AreThoseOfThePage(string option, string expected)
    {
        var options = new ObjectDetectionTrainer.Options();
        var value = typeof(ObjectDetectionTrainer.Options).GetField(option)!.GetValue(options);
        var found = value is IEnumerable<int> steps ? string.Join(", ", steps) : FormattableString.Invariant($"{value}");

        Assert.Equal(expected.Replace(".0", "", StringComparison.Ordinal), found);
        Assert.Contains(Lines, line => line.StartsWith($"| `{option}` | {expected}", StringComparison.Ordinal));
    }

    [Fact]
    public void Options_OfObjectDetection_AreAllOnThePage()
    {
        var names = typeof(ObjectDetectionTrainer.Options).GetFields(BindingFlags.Public | BindingFlags.Instance).Select(field => field.Name).ToList();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains(Lines, line => line.Contains($"`{name}`", StringComparison.Ordinal)));
    }

    [Fact]
    public void Options_NamedForUltralytics_Exist()
    {
        var rows = Lines.SkipWhile(line => !line.StartsWith("| `train.py`", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|')).Skip(2);
        var cells = rows.Select(row => row.Split('|')[2]).SelectMany(cell => cell.Split('`').Where((_, i) => i % 2 == 1)).ToList();
        var known = new[] { typeof(YoloTrainer.Options), typeof(YoloV5LossOptions), typeof(AugmentationOptions) }
            .SelectMany(type => type.GetProperties()).Select(property => property.Name).ToHashSet();
        var words = cells.Select(cell => cell.Split(' ')[0].Split('.')[^1]).Where(word => !word.Contains('(', StringComparison.Ordinal) && word != "new").ToList();

        Assert.True(words.Count > 30);
        Assert.All(words, word => Assert.Contains(word, known));
    }
}
