using System.Runtime.ExceptionServices;
using ML.Yolo.Distributed;

namespace ML.Yolo.Tests.Distributed;

/// <summary>Ranks on threads of this process, as they would be in several processes.</summary>
internal sealed class ThreadRanks(int size) : IDisposable
{
    private readonly Barrier _barrier = new(size);
    private readonly object[] _given = new object[size];

    public void Dispose() => _barrier.Dispose();

    /// <summary>One rank's view of them.</summary>
    public Distribution Rank(int rank) => new ThreadRank(this, rank, size);

    /// <summary>Does something on all ranks at once, and returns what each gave.</summary>
    public static T[] Run<T>(int size, Func<Distribution, T> work)
    {
        var outcomes = Try(size, work);
        foreach (var (_, exception) in outcomes)
        {
            if (exception is not null)
                ExceptionDispatchInfo.Throw(exception);
        }

        return Array.ConvertAll(outcomes, outcome => outcome.Value!);
    }

    /// <summary>Does something on all ranks at once, and returns what each gave or threw.</summary>
    public static (T? Value, Exception? Exception)[] Try<T>(int size, Func<Distribution, T> work)
    {
        using var ranks = new ThreadRanks(size);
        var outcomes = new (T? Value, Exception? Exception)[size];
        var threads = Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                outcomes[rank] = (work(ranks.Rank(rank)), null);
            }
            catch (Exception exception)
            {
                outcomes[rank] = (default, exception);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return outcomes;
    }

    private object[] Meet(int rank, object given)
    {
        _given[rank] = given;
        Wait();
        object[] all = [.. _given];
        Wait();
        return all;
    }

    private void Wait()
    {
        if (!_barrier.SignalAndWait(TimeSpan.FromMinutes(2)))
            throw new TimeoutException("A rank did not come.");
    }

    private sealed class ThreadRank(ThreadRanks ranks, int rank, int size) : Distribution
    {
        public override int Rank => rank;

        public override int Size => size;

        public override int LocalRank => rank;

        public override int LocalSize => size;

        public override int ProcessorCount => 1;

        private protected override void SumAll(Span<float> numbers)
        {
            var all = Meet(numbers.ToArray());
            numbers.Clear();
            foreach (var given in all)
            {
                for (var i = 0; i < numbers.Length; i++)
                    numbers[i] += given[i];
            }
        }

        private protected override void SumAll(Span<double> numbers)
        {
            var all = Meet(numbers.ToArray());
            for (var i = 0; i < numbers.Length; i++)
                numbers[i] = all.Sum(given => given[i]);
        }

        private protected override double MaxOfAll(double number) => Meet([number]).Max(given => given[0]);

        private protected override void BroadcastToAll(Span<byte> bytes, int from) => Meet(bytes.ToArray())[from].CopyTo(bytes);

        private protected override byte[][] GatherOnAll(ReadOnlySpan<byte> bytes) => Meet(bytes.ToArray());

        private protected override void Fail(Exception exception) => ranks.Meet(rank, exception);

        private T[][] Meet<T>(T[] given)
        {
            var all = ranks.Meet(rank, given);
            var failed = Array.FindLastIndex(all, one => one is Exception);
            return failed < 0 ? Array.ConvertAll(all, one => (T[])one)
                : all[failed] is OperationCanceledException ? throw new OtherRankCanceledException(failed, size)
                : throw new DistributionException($"Rank {failed} of {size} failed: {((Exception)all[failed]).Message}");
        }
    }
}
