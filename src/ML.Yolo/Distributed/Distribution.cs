using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using ML.Yolo.Distributed;

namespace ML.Yolo;

/// <summary>Processes that train or score together, each a rank from 0: they run the same program on the same data, and rank 0 writes and reports.</summary>
/// <remarks>The package ML.Yolo.Mpi has one over MPI, <c>MpiDistribution.World</c>. Every rank must make the same calls in the same order.</remarks>
public abstract class Distribution
{
    private readonly Stopwatch _exchanging = new();
    private Exception? _told;

    private protected Distribution()
    {
    }

    /// <summary>Number of this process, from 0 to <see cref="Size"/> − 1.</summary>
    public abstract int Rank { get; }

    /// <summary>Number of processes, at least 1.</summary>
    public abstract int Size { get; }

    /// <summary>Number of this process among those of its machine, from 0: the GPU to take where each has one.</summary>
    public abstract int LocalRank { get; }

    /// <summary>Number of processes on this one's machine, at least 1.</summary>
    public abstract int LocalSize { get; }

    /// <summary>Processors that are this process's share of its machine, at least 1.</summary>
    public abstract int ProcessorCount { get; }

    /// <summary>Whether this is rank 0, which writes and reports for all.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>"rank 1 of 4".</summary>
    public override string ToString() => FormattableString.Invariant($"rank {Rank} of {Size}");

    /// <summary>Time spent in exchanges so far, waiting for other ranks included.</summary>
    internal TimeSpan Exchanging => _exchanging.Elapsed;

    /// <summary>Replaces numbers by their sums over all ranks: the same bits on each.</summary>
    internal void Sum(Span<float> numbers)
    {
        using var clock = Measure();
        SumAll(numbers);
    }

    /// <inheritdoc cref="Sum(Span{float})"/>
    internal void Sum(Span<double> numbers)
    {
        using var clock = Measure();
        SumAll(numbers);
    }

    /// <summary>The largest of the ranks' numbers; no number may be NaN.</summary>
    internal double Max(double number)
    {
        using var clock = Measure();
        return MaxOfAll(number);
    }

    /// <summary>Whether any rank says so.</summary>
    internal bool Any(bool isSo) => Max(isSo ? 1 : 0) > 0;

    /// <summary>The first rank's number, on all.</summary>
    internal int Agree(int number)
    {
        Broadcast(MemoryMarshal.AsBytes(new Span<int>(ref number)));
        return number;
    }

    /// <summary>The first rank's text, on all.</summary>
    internal string Agree(string text) => Encoding.UTF8.GetString(Gather(Encoding.UTF8.GetBytes(text))[0]);

    /// <summary>Replaces bytes by those of one rank; as many on each.</summary>
    internal void Broadcast(Span<byte> bytes, int from = 0)
    {
        using var clock = Measure();
        BroadcastToAll(bytes, from);
    }

    /// <summary>What each rank gives, by rank, on all of them; of any lengths.</summary>
    internal byte[][] Gather(ReadOnlySpan<byte> bytes)
    {
        using var clock = Measure();
        return GatherOnAll(bytes);
    }

    /// <summary>
    /// Does what all ranks do. Where it fails on one, the others learn of it at their next exchange and fail too: none waits for one that has given up. It
    /// ends when all have ended.
    /// </summary>
    /// <exception cref="DistributionException">Another rank failed, or is missing; the message names it.</exception>
    /// <exception cref="OperationCanceledException">Another rank was canceled.</exception>
    internal T Together<T>(Func<T> work)
    {
        try
        {
            var result = work();
            Max(0);
            return result;
        }
        catch (Exception exception) when (!IsKnown(exception))
        {
            Fail(exception);
            _told = exception;
            throw;
        }
    }

    /// <summary>Whether the other ranks know of a failure: it is another's, or an inner call has told them.</summary>
    private bool IsKnown(Exception exception) => exception is DistributionException or OtherRankCanceledException || exception == _told
        || (exception.InnerException is { } inner && IsKnown(inner));

    /// <inheritdoc cref="Sum(Span{float})"/>
    private protected abstract void SumAll(Span<float> numbers);

    /// <inheritdoc cref="Sum(Span{double})"/>
    private protected abstract void SumAll(Span<double> numbers);

    /// <inheritdoc cref="Max"/>
    private protected abstract double MaxOfAll(double number);

    /// <inheritdoc cref="Broadcast"/>
    private protected abstract void BroadcastToAll(Span<byte> bytes, int from);

    /// <inheritdoc cref="Gather"/>
    private protected abstract byte[][] GatherOnAll(ReadOnlySpan<byte> bytes);

    /// <summary>Takes this rank's part in the next exchange by saying that it failed. Throws nothing: the failure itself is what should be heard of.</summary>
    private protected abstract void Fail(Exception exception);

    private Measurement Measure()
    {
        _exchanging.Start();
        return new Measurement(_exchanging);
    }

    private readonly ref struct Measurement(Stopwatch clock)
    {
        public void Dispose() => clock.Stop();
    }
}
