using ML.Yolo.Samples;

namespace ML.Yolo.Training;

/// <summary>In which order an epoch takes the samples.</summary>
internal static class EpochOrder
{
    /// <summary>Every sample once.</summary>
    public static int[] Shuffled(int count, int seed, int epoch)
    {
        var order = Enumerable.Range(0, count).ToArray();
        SampleRandom.ForEpoch(seed, epoch).Shuffle(order);
        return order;
    }

    /// <summary>As many samples as there are, drawn with replacement: more often those with rare classes, and with classes that are not found yet.</summary>
    /// <param name="set">The samples.</param>
    /// <param name="averagePrecisions">Of each class, at the last validation; 0 where unknown: then only how frequent a class is counts.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="epoch">Which epoch this is.</param>
    public static int[] Weighted(TrainingSet set, IReadOnlyList<double> averagePrecisions, int seed, int epoch)
    {
        var counts = new double[averagePrecisions.Count];
        foreach (var label in set.Samples.SelectMany(sample => sample.Classes))
            counts[label]++;
        var classWeights = counts.Select((count, label) => Math.Pow(1 - averagePrecisions[label], 2) / Math.Max(count, 1)).ToArray();
        var sums = new double[set.Samples.Count];
        var sum = 0.0;
        for (var i = 0; i < sums.Length; i++)
            sums[i] = sum += set.Samples[i].Classes.Sum(label => classWeights[label]);
        if (sum <= 0)
            return Shuffled(sums.Length, seed, epoch);
        var random = SampleRandom.ForEpoch(seed, epoch);
        return [.. sums.Select(_ => Find(sums, random.NextDouble() * sum))];
    }

    private static int Find(double[] sums, double value)
    {
        var index = Array.BinarySearch(sums, value);
        return Math.Min(index >= 0 ? index + 1 : ~index, sums.Length - 1);
    }
}
