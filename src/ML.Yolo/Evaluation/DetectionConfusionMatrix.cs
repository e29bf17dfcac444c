using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace ML.Yolo;

/// <summary>
/// What each class was taken for, with the background as one class more: an object taken for background was missed, background taken for an object is a false
/// alarm. Detections and objects are paired whatever their classes, the closest first, where they overlap by <see cref="IouThreshold"/>.
/// </summary>
public sealed record DetectionConfusionMatrix
{
    /// <summary>What the last row and the last column stand for.</summary>
    public const string Background = "background";

    /// <summary>Names of the classes, without the background.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>Counts by actual class (outer) and predicted class (inner); the background is last in both.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Counts { get; init; }

    /// <summary>Confidence from which a detection counts.</summary>
    public required double ScoreThreshold { get; init; }

    /// <summary>Overlap from which an object counts as seen.</summary>
    public required double IouThreshold { get; init; }

    /// <summary>Number of classes, without the background.</summary>
    [JsonIgnore]
    public int NumberOfClasses => ClassNames.Count;

    /// <summary>Of the detections of each class, the share that lies on an object of it; NaN where there is no detection.</summary>
    [JsonIgnore]
    public IReadOnlyList<double> PerClassPrecision
        => [.. Enumerable.Range(0, NumberOfClasses).Select(label => (double)Counts[label][label] / Counts.Sum(row => row[label]))];

    /// <summary>Of the objects of each class, the share that is seen as one of it; NaN where there is no object.</summary>
    [JsonIgnore]
    public IReadOnlyList<double> PerClassRecall
        => [.. Enumerable.Range(0, NumberOfClasses).Select(label => (double)Counts[label][label] / Counts[label].Sum())];

    /// <summary>How often an object of one class was taken for another.</summary>
    /// <param name="predictedClassIndicatorIndex">The class it was taken for; <see cref="NumberOfClasses"/> is the background.</param>
    /// <param name="actualClassIndicatorIndex">The class it is of; <see cref="NumberOfClasses"/> is the background.</param>
    public int GetCountForClassPair(int predictedClassIndicatorIndex, int actualClassIndicatorIndex)
        => Counts[actualClassIndicatorIndex][predictedClassIndicatorIndex];

    /// <summary>A table for people: one row per actual class, one column per predicted one.</summary>
    public string GetFormattedConfusionTable()
    {
        string[] names = [.. ClassNames, Background];
        var nameWidth = names.Max(name => name.Length);
        var widths = names.Select((name, i) => Math.Max(name.Length, Counts.Max(row => row[i].ToString(CultureInfo.InvariantCulture).Length))).ToArray();
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"actual \\ predicted, at score {ScoreThreshold:F2} and IoU {IouThreshold:F2}");
        text.Append(' ', nameWidth).AppendLine(string.Concat(names.Select((name, i) => "  " + name.PadLeft(widths[i]))));
        for (var actual = 0; actual < names.Length; actual++)
        {
            var cells = Counts[actual].Select((count, i) => "  " + count.ToString(CultureInfo.InvariantCulture).PadLeft(widths[i]));
            text.Append(names[actual].PadRight(nameWidth)).AppendLine(string.Concat(cells));
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => GetFormattedConfusionTable();
}
