using System.Globalization;

namespace ML.Yolo.Reports;

/// <summary>The epochs as a table that grows by a line each: its head first, columns as wide as their names or numbers.</summary>
/// <param name="writer">Gets the lines.</param>
/// <param name="isLive">Whether the line below the table tells of every batch.</param>
/// <param name="width">Letters that fit in a line now: one that wraps could not be written over.</param>
internal sealed class EpochTable(TextWriter writer, bool isLive, Func<int> width) : IProgress<TrainingProgress>
{
    private const int BarWidth = 24;

    private bool _hasHead;
    private int _liveLength;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.IsEpochEnd)
            WriteEpoch(value);
        else if (isLive)
            WriteOver(Bar(value) is var bar && bar.Length > width() ? bar[..width()] : bar);
    }

    private void WriteEpoch(TrainingProgress progress)
    {
        WriteOver("");
        if (!_hasHead)
        {
            var terms = string.Concat(progress.Losses.Keys.Select(term => $"{term,10}  "));
            writer.WriteLine($"{"epoch",9}  {terms}{"mAP50",6}  {"mAP50-95",8}  {"images/s",8}  {"left",8}");
        }

        _hasHead = true;
        var losses = string.Concat(progress.Losses.Values.Select(loss => string.Create(CultureInfo.InvariantCulture, $"{loss,10:F4}  ")));
        var (map50, map50To95) = (Rate(progress.Validation?.MAP50), Rate(progress.Validation?.MAP50_95));
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Epoch(progress),9}  {losses}{map50,6}  {map50To95,8}  {progress.ImagesPerSecond,8:F1}  {Left(progress),8}"));
    }

    private static string Bar(TrainingProgress progress)
    {
        var share = (((progress.Epoch - 1.0) * progress.BatchCount) + progress.Batch) / ((double)progress.EpochCount * progress.BatchCount);
        var full = (int)(share * BarWidth);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Epoch(progress),9}  [{new string('#', full)}{new string('.', BarWidth - full)}] {share,4:P0}  batch {progress.Batch}/{progress.BatchCount}, "
            + $"loss {progress.Losses.Values.Sum():F4}, {progress.ImagesPerSecond:F0} images/s");
    }

    private static string Epoch(TrainingProgress progress) => string.Create(CultureInfo.InvariantCulture, $"{progress.Epoch}/{progress.EpochCount}");

    private static string Rate(double? value) => value?.ToString("F3", CultureInfo.InvariantCulture) ?? "";

    private static string Left(TrainingProgress progress)
    {
        var time = progress.Elapsed / progress.Epoch * (progress.EpochCount - progress.Epoch);
        return string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time:mm\\:ss}");
    }

    private void WriteOver(string line)
    {
        if (_liveLength > 0)
            writer.Write($"\r{new string(' ', _liveLength)}\r");
        writer.Write(line);
        _liveLength = line.Length;
    }
}
