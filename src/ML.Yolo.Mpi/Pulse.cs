using System.Runtime.InteropServices;
using Native = MPI.Unsafe;

namespace ML.Yolo.Mpi;

/// <summary>Tells the other ranks, several times within their patience, that this one lives and how many exchanges it has come to; listens to them.</summary>
/// <remarks>A thread of its own: a rank that computes for minutes, or waits for a disk, is not taken for dead.</remarks>
internal sealed unsafe class Pulse
{
    private const int PulsesPerTimeout = 10;

    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MaxInterval = TimeSpan.FromSeconds(1);

    private readonly MpiChannel _channel;
    private readonly Func<TimeSpan> _timeout;
    private readonly Peer[] _peers;
    private readonly object _stop = new();
    private readonly Thread _thread;
    private long _exchanges;
    private bool _isStopped;

    /// <param name="channel">The processes.</param>
    /// <param name="timeout">How long a rank may be silent.</param>
    public Pulse(MpiChannel channel, Func<TimeSpan> timeout)
    {
        (_channel, _timeout) = (channel, timeout);
        _peers = [.. Enumerable.Range(0, channel.Size).Where(rank => rank != channel.Rank).Select(rank => new Peer(rank))];
        _thread = new Thread(Beat) { IsBackground = true, Name = "ML.Yolo.Mpi pulse" };
        _thread.Start();
    }

    /// <summary>Exchanges this rank has come to.</summary>
    public long Exchanges
    {
        get => Volatile.Read(ref _exchanges);
        set => Volatile.Write(ref _exchanges, value);
    }

    /// <summary>Ranks that have been silent for longer than they may be.</summary>
    /// <remarks>Counted in this rank's own pulses: one that was suspended does not take the others for dead.</remarks>
    public IReadOnlyList<int> Silent => Ranks(peer => peer.Silence > _timeout());

    /// <summary>Ranks that live, and have not come to the exchange that this one is in.</summary>
    public IReadOnlyList<int> Absent => Ranks(peer => Volatile.Read(ref peer.Exchanges) < Exchanges);

    /// <summary>Ends the thread, and what it waits for.</summary>
    public void Stop()
    {
        lock (_stop)
        {
            _isStopped = true;
            Monitor.Pulse(_stop);
        }

        _thread.Join();
        foreach (var peer in _peers)
            Cancel(ref peer.Receive);
    }

    private IReadOnlyList<int> Ranks(Func<Peer, bool> isMeant) => [.. _peers.Where(isMeant).Select(peer => peer.Rank)];

    private void Beat()
    {
        var interval = TimeSpan.Zero;
        while (!IsStoppedAfter(interval))
        {
            var next = _timeout() / PulsesPerTimeout;
            next = next < MinInterval ? MinInterval : next > MaxInterval ? MaxInterval : next;
            foreach (var peer in _peers)
                Exchange(peer, interval);
            interval = next;
        }
    }

    private bool IsStoppedAfter(TimeSpan interval)
    {
        lock (_stop)
        {
            if (!_isStopped && interval > TimeSpan.Zero)
                Monitor.Wait(_stop, interval);
            return _isStopped;
        }
    }

    private void Exchange(Peer peer, TimeSpan passed)
    {
        try
        {
            peer.Silence += passed;
            while (peer.Receive == MpiCalls.NoRequest || _channel.IsDone(ref peer.Receive))
            {
                if (peer.IsListening)
                {
                    peer.Silence = TimeSpan.Zero;
                    Volatile.Write(ref peer.Exchanges, peer.Numbers[0]);
                }

                peer.IsListening = true;
                fixed (int* request = &peer.Receive)
                {
                    Start("MPI_Irecv", request, at
                        => MpiCalls.MPI_Irecv(peer.Numbers, sizeof(long), Native.MPI_BYTE, peer.Rank, 0, _channel.Pulses, (int*)at));
                }
            }

            // One that does not listen gets no second word before it has heard the first.
            if (peer.Send != MpiCalls.NoRequest && !_channel.IsDone(ref peer.Send))
                return;
            peer.Numbers[1] = Exchanges;
            fixed (int* request = &peer.Send)
            {
                Start("MPI_Isend", request, at
                    => MpiCalls.MPI_Isend(peer.Numbers + 1, sizeof(long), Native.MPI_BYTE, peer.Rank, 0, _channel.Pulses, (int*)at));
            }
        }
        catch (DistributionException)
        {
            // A broken connection is silence, and is judged as such.
        }
    }

    private void Start(string name, int* request, Func<nint, int> call)
    {
        var at = (nint)request;
        _channel.Call(name, () => call(at));
    }

    private void Cancel(ref int request)
    {
        if (request == MpiCalls.NoRequest)
            return;
        fixed (int* pointer = &request)
        {
            var at = (nint)pointer;
            _channel.Call("MPI_Cancel", () => MpiCalls.MPI_Cancel((int*)at));
        }
    }

    /// <summary>Another rank. Its two numbers, received and sent, stay where MPI writes and reads them.</summary>
    private sealed class Peer(int rank)
    {
        public int Receive = MpiCalls.NoRequest;
        public int Send = MpiCalls.NoRequest;
        public long Exchanges;

        public int Rank => rank;

        public bool IsListening { get; set; }

        public TimeSpan Silence { get; set; }

        public long* Numbers { get; } = (long*)NativeMemory.AllocZeroed(2, sizeof(long));
    }
}
