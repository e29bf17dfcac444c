using System.Diagnostics;
using System.Text;
using ML.Yolo.Distributed;
using ML.Yolo.Mpi;
using Native = MPI.Unsafe;

namespace ML.Yolo;

/// <summary>The processes that <c>mpirun</c> started.</summary>
/// <remarks>
/// <para>Over the system's MPI: MPICH, Intel MPI, MVAPICH, Cray MPICH or Microsoft MPI, which have one binary interface. Open MPI has another.</para>
/// <para>Before each exchange all ranks meet. There a rank that failed says so, and all fail with it; one that does not come is waited for while it gives
/// signs of life, at most <see cref="MaxWait"/>; one that is silent for <see cref="Timeout"/> is named in a <see cref="DistributionException"/>, and no
/// rank waits any longer. Waiting takes no processor.</para>
/// </remarks>
public sealed unsafe class MpiDistribution : Distribution
{
    private const int MaxMessage = 2048;
    private const string Advice = "Training goes on from its last checkpoint, with any number of ranks.";

    private static readonly Lazy<MpiDistribution> Only = new(() => new MpiDistribution());
    private static readonly TimeSpan BusyWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _exchange = new();
    private readonly MpiChannel _channel;
    private readonly Pulse _pulse;
    private readonly ProcessorShare _processors;
    private string? _broken;

    private MpiDistribution()
    {
        _channel = MpiChannel.Open();
        _pulse = new Pulse(_channel, () => Timeout);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Leave();
        _processors = ProcessorShare.Of(_channel.Rank, GatherOnAll(ProcessorShare.Describe(MpiChannel.MachineName())));
    }

    private enum Meeting
    {
        Sum,
        Max,
        Broadcast,
        Gather,
        Leave,
    }

    /// <summary>All processes of the program; this one alone where no launcher started it. Starts MPI when first asked for.</summary>
    /// <exception cref="MpiBackendException">There is no MPI, or one of another binary interface; the message says what to install.</exception>
    public static MpiDistribution World => Only.Value;

    /// <summary>How long a rank may give no sign of life before it counts as missing. Above 0; default one minute.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0.</exception>
    public TimeSpan Timeout
    {
        get;
        set => field = value > TimeSpan.Zero ? value : throw NotAboveZero(nameof(Timeout), value);
    } = TimeSpan.FromMinutes(1);

    /// <summary>How long a rank that lives is waited for, as one that writes a file or works on something of its own. Above 0; default half an hour.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0.</exception>
    public TimeSpan MaxWait
    {
        get;
        set => field = value > TimeSpan.Zero ? value : throw NotAboveZero(nameof(MaxWait), value);
    } = TimeSpan.FromMinutes(30);

    /// <inheritdoc/>
    public override int Rank => _channel.Rank;

    /// <inheritdoc/>
    public override int Size => _channel.Size;

    /// <inheritdoc/>
    public override int LocalRank => _processors.LocalRank;

    /// <inheritdoc/>
    public override int LocalSize => _processors.LocalSize;

    /// <inheritdoc/>
    public override int ProcessorCount => _processors.Processors;

    private protected override void SumAll(Span<float> numbers)
    {
        lock (_exchange)
        {
            Meet(Meeting.Sum, numbers.Length);
            fixed (float* pointer = numbers)
                Reduce(pointer, numbers.Length, Native.MPI_FLOAT, MpiCalls.Sum);
        }
    }

    private protected override void SumAll(Span<double> numbers)
    {
        lock (_exchange)
        {
            Meet(Meeting.Sum, numbers.Length);
            fixed (double* pointer = numbers)
                Reduce(pointer, numbers.Length, Native.MPI_DOUBLE, MpiCalls.Sum);
        }
    }

    private protected override double MaxOfAll(double number)
    {
        lock (_exchange)
        {
            Meet(Meeting.Max, 1);
            Reduce(&number, 1, Native.MPI_DOUBLE, MpiCalls.Max);
            return number;
        }
    }

    private protected override void BroadcastToAll(Span<byte> bytes, int from)
    {
        lock (_exchange)
        {
            Meet(Meeting.Broadcast, bytes.Length);
            fixed (byte* pointer = bytes)
                Broadcast(pointer, bytes.Length, from);
        }
    }

    private protected override byte[][] GatherOnAll(ReadOnlySpan<byte> bytes)
    {
        lock (_exchange)
        {
            Meet(Meeting.Gather, 0);
            var lengths = new int[Size];
            lengths[Rank] = bytes.Length;
            fixed (int* pointer = lengths)
                Reduce(pointer, Size, Native.MPI_INT, MpiCalls.Sum);
            var all = Array.ConvertAll(lengths, length => new byte[length]);
            bytes.CopyTo(all[Rank]);
            for (var rank = 0; rank < Size; rank++)
            {
                fixed (byte* pointer = all[rank])
                    Broadcast(pointer, lengths[rank], rank);
            }

            return all;
        }
    }

    private protected override void Fail(Exception exception)
    {
        try
        {
            lock (_exchange)
                Meet(Meeting.Leave, 0, exception);
        }
        catch (DistributionException)
        {
            // A second misfortune; the caller has the first.
        }
    }

    private static ArgumentOutOfRangeException NotAboveZero(string name, TimeSpan found)
        => new(name, FormattableString.Invariant($"{name} is {found:c}; it must be above 0."));

    /// <summary>
    /// Waits until all ranks have come to the same exchange. The message of a rank that failed is thrown, except where this rank failed itself.
    /// </summary>
    private void Meet(Meeting meeting, int count, Exception? failure = null)
    {
        if (_broken is not null)
            throw new DistributionException(_broken);
        _pulse.Exchanges++;
        // Of a number and its negative, the largest on any rank show whether it is the same on all.
        double[] words = [failure is null ? 0 : Rank + 1, (int)meeting, -(int)meeting, count, -count];
        fixed (double* pointer = words)
        {
            var at = (nint)pointer;
            Run("MPI_Iallreduce", isMeeting: true, request => MpiCalls.MPI_Iallreduce(
                MpiCalls.InPlace, (void*)at, words.Length, Native.MPI_DOUBLE, MpiCalls.Max, _channel.Exchanges, (int*)request));
        }

        if (words[0] > 0)
            HearOfFailure((int)words[0] - 1, failure);
        else if (words[1] == (int)Meeting.Leave && words[1] != -words[2])
            Break($"A rank of {Size} has ended its program, and {this} or another goes on: all must make the same calls.");
        else if (words[1] != -words[2] || words[3] != -words[4])
            Break($"The {Size} ranks came to different exchanges: all must make the same calls with the same data.");
    }

    private void HearOfFailure(int rank, Exception? own)
    {
        var bytes = new byte[MaxMessage];
        if (rank == Rank)
        {
            bytes[0] = own is OperationCanceledException ? (byte)1 : (byte)0;
            Encoding.UTF8.GetEncoder().Convert(own!.Message, bytes.AsSpan(1), flush: true, out _, out _, out _);
        }

        fixed (byte* pointer = bytes)
            Broadcast(pointer, bytes.Length, rank);
        if (own is not null)
            return;
        if (bytes[0] == 1)
            throw new OtherRankCanceledException(rank, Size);
        throw new DistributionException($"Rank {rank} of {Size} failed: {Encoding.UTF8.GetString(bytes, 1, bytes.Length - 1).TrimEnd('\0')}");
    }

    private void Reduce(void* numbers, int count, int type, int operation)
        => Run("MPI_Iallreduce", isMeeting: false, request => MpiCalls.MPI_Iallreduce(
            MpiCalls.InPlace, numbers, count, type, operation, _channel.Exchanges, (int*)request));

    private void Broadcast(void* bytes, int count, int from)
        => Run("MPI_Ibcast", isMeeting: false, request => MpiCalls.MPI_Ibcast(bytes, count, Native.MPI_BYTE, from, _channel.Exchanges, (int*)request));

    /// <summary>Starts an exchange, and waits for it; while others may be far behind, without taking a processor from them.</summary>
    private void Run(string name, bool isMeeting, Func<nint, int> start)
    {
        var request = MpiCalls.NoRequest;
        var at = (nint)(&request);
        _channel.Call(name, () => start(at));
        var (clock, watched) = (Stopwatch.StartNew(), TimeSpan.Zero);
        while (!_channel.IsDone(ref request))
        {
            if (!isMeeting || clock.Elapsed < BusyWait)
                Thread.Yield();
            else
                Thread.Sleep(1);
            if (clock.Elapsed - watched < WatchInterval)
                continue;
            watched = clock.Elapsed;
            Watch(watched);
        }
    }

    private void Watch(TimeSpan waited)
    {
        if (_pulse.Silent is { Count: > 0 } silent)
            Break($"{Named(silent)} missing: no sign of life for {Timeout.TotalSeconds:0.#} seconds. {Advice}");
        if (waited > MaxWait && _pulse.Absent is { Count: > 0 } absent)
            Break($"{Named(absent)} alive, and did not come to an exchange for {MaxWait.TotalSeconds:0.#} seconds. {Advice}");
    }

    private string Named(IReadOnlyList<int> ranks) => ranks is [var one]
        ? FormattableString.Invariant($"Rank {one} of {Size} is")
        : FormattableString.Invariant($"Ranks {string.Join(", ", ranks)} of {Size} are");

    /// <summary>There is no meeting any more.</summary>
    private void Break(string message)
    {
        _broken = message;
        throw new DistributionException(message);
    }

    /// <summary>Ends MPI when the program ends. Where a rank is missing that would wait for ever, and the system ends what is left.</summary>
    private void Leave()
    {
        // The thread that trains may be at an exchange while a signal ends the process.
        if (_broken is not null || !_exchange.TryEnter())
            return;
        try
        {
            Meet(Meeting.Leave, 0);
            _pulse.Stop();
            _channel.Call(nameof(Native.MPI_Finalize), Native.MPI_Finalize);
        }
        catch (DistributionException exception)
        {
            Console.Error.WriteLine(exception.Message);
        }
        finally
        {
            _exchange.Exit();
        }
    }
}
