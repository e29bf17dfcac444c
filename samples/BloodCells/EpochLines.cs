using System.Globalization;
using ML.Yolo;

namespace BloodCellsSample;

/// <summary>A line per epoch.</summary>
internal sealed class EpochLines : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        if (value.IsEpochEnd)
        {
            var losses = string.Join(", ", value.Losses.Select(loss => string.Create(CultureInfo.InvariantCulture, $"{loss.Key} {loss.Value:F4}")));
            Console.WriteLine($"Epoch {value.Epoch}/{value.EpochCount}: {losses}");
        }
    }
}
