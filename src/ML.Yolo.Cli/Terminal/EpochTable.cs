using System.Globalization;

namespace ML.Yolo.Cli.Terminal;

/// <summary>The epochs as a table that grows by a line each: its head first, columns as wide as their names or numbers.</summary>
internal sealed class EpochTable
{
    private bool _hasHead;

    /// <summary>The lines that an epoch's end adds.</summary>
    public IEnumerable<string> Lines(TrainingProgress progress)
    {
        if (!_hasHead)
        {
            var terms = string.Concat(progress.Losses.Keys.Select(term => $"{term,10}  "));
            yield return $"{"epoch",9}  {terms}{"mAP50",6}  {"mAP50-95",8}  {"images/s",8}  {"left",8}";
        }

        _hasHead = true;
        var losses = string.Concat(progress.Losses.Values.Select(loss => string.Create(CultureInfo.InvariantCulture, $"{loss,10:F4}  ")));
        var epoch = string.Create(CultureInfo.InvariantCulture, $"{progress.Epoch}/{progress.EpochCount}");
        var (map50, map50To95) = (Rate(progress.Validation?.MAP50), Rate(progress.Validation?.MAP50_95));
        yield return string.Create(CultureInfo.InvariantCulture,
            $"{epoch,9}  {losses}{map50,6}  {map50To95,8}  {progress.ImagesPerSecond,8:F1}  {Duration(Left(progress)),8}");
    }

    private static string Rate(double? value) => value?.ToString("F3", CultureInfo.InvariantCulture) ?? "";

    private static string Duration(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time:mm\\:ss}");

    private static TimeSpan Left(TrainingProgress progress) => progress.Elapsed / progress.Epoch * (progress.EpochCount - progress.Epoch);
}
