using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>Runs a loop over rows in chunks, on as many threads as LibTorch computes with.</summary>
internal static class ParallelChunks
{
    /// <summary>Sums what each chunk gives, in the order of the chunks: the sum does not depend on the number of threads.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="size">Rows per chunk.</param>
    /// <param name="chunk">Gets the first row and the row after the last.</param>
    public static double Sum(long count, int size, Func<long, long, double> chunk)
    {
        var sums = new double[(count + size - 1) / size];
        Run(count, size, (from, to) => sums[from / size] = chunk(from, to));
        var sum = 0.0;
        foreach (var part in sums)
            sum += part;
        return sum;
    }

    /// <inheritdoc cref="Sum"/>
    public static void Run(long count, int size, Action<long, long> chunk)
    {
        var chunks = (count + size - 1) / size;
        var threads = (int)Math.Min(get_num_threads(), chunks);
        if (threads > 1)
        {
            Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = threads }, Part);
            return;
        }

        for (var i = 0L; i < chunks; i++)
            Part(i);

        void Part(long i) => chunk(i * size, Math.Min((i + 1) * size, count));
    }
}
