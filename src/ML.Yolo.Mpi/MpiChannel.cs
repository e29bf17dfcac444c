using System.Text;
using Native = MPI.Unsafe;

namespace ML.Yolo.Mpi;

/// <summary>The processes as MPI has them, and calls to it one at a time: it is told that threads take turns.</summary>
internal sealed unsafe class MpiChannel
{
    private const int MaxName = 512;

    private readonly Lock _gate = new();

    private MpiChannel(int rank, int size, int exchanges, int pulses)
        => (Rank, Size, Exchanges, Pulses) = (rank, size, exchanges, pulses);

    /// <summary>This process, from 0.</summary>
    public int Rank { get; }

    /// <summary>Number of processes.</summary>
    public int Size { get; }

    /// <summary>The communicator of what all do together.</summary>
    public int Exchanges { get; }

    /// <summary>The communicator of signs of life, apart from all else.</summary>
    public int Pulses { get; }

    /// <summary>Starts MPI.</summary>
    /// <exception cref="MpiBackendException">There is none, it cannot be used, or it does not see what was started.</exception>
    public static MpiChannel Open()
    {
        MpiLibrary.EnsureLoaded();
        var count = 0;
        byte** arguments = null;
        Require(Native.MPI_Init_thread(ref count, ref arguments, Native.MPI_THREAD_SERIALIZED, out var provided), "MPI_Init_thread");
        if (provided < Native.MPI_THREAD_SERIALIZED)
            throw new MpiBackendException("The MPI found serves one thread alone; one that serves several in turn (MPI_THREAD_SERIALIZED) is expected.");
        Require(Native.MPI_Comm_rank(Native.MPI_COMM_WORLD, out var rank), "MPI_Comm_rank");
        Require(Native.MPI_Comm_size(Native.MPI_COMM_WORLD, out var size), "MPI_Comm_size");
        if (size == 1 && MpiLauncher.ExpectedSize > 1)
        {
            throw new MpiBackendException(FormattableString.Invariant(
                $"The launcher says that it started {MpiLauncher.ExpectedSize} processes, and the MPI found sees this one: they are of different kinds. ")
                + "Start with mpirun of the same MPI (mpirun.mpich where several are installed); under Slurm with srun --mpi=pmi2.");
        }

        return new MpiChannel(rank, size, Copy(), Copy());
    }

    /// <summary>Name of this machine.</summary>
    public static string MachineName()
    {
        var (bytes, length) = (new byte[MaxName], 0);
        Require(Native.MPI_Get_processor_name(bytes, ref length), "MPI_Get_processor_name");
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    /// <summary>Makes one call.</summary>
    /// <exception cref="DistributionException">It failed.</exception>
    public void Call(string name, Func<int> call)
    {
        int code;
        lock (_gate)
            code = call();
        if (code != Native.MPI_SUCCESS)
            throw new DistributionException($"{name} failed on rank {Rank} of {Size}: {Describe(code)}");
    }

    /// <summary>Whether a request is done. It then is none.</summary>
    public bool IsDone(ref int request)
    {
        var (isDone, code) = (0, 0);
        var status = stackalloc byte[64];
        fixed (int* pointer = &request)
        {
            lock (_gate)
                code = MpiCalls.MPI_Test(pointer, &isDone, status);
        }

        if (code != Native.MPI_SUCCESS)
            throw new DistributionException($"An exchange of rank {Rank} of {Size} failed: {Describe(code)}");
        return isDone != 0;
    }

    private static int Copy()
    {
        Require(Native.MPI_Comm_dup(Native.MPI_COMM_WORLD, out var copy), "MPI_Comm_dup");
        Require(MpiCalls.MPI_Comm_set_errhandler(copy, MpiCalls.ErrorsReturn), "MPI_Comm_set_errhandler");
        return copy;
    }

    private static void Require(int code, string name)
    {
        if (code != Native.MPI_SUCCESS)
            throw new MpiBackendException($"{name} failed: {Describe(code)}");
    }

    private static string Describe(int code)
    {
        var (bytes, length) = (new byte[MaxName], 0);
        return Native.MPI_Error_string(code, bytes, ref length) == Native.MPI_SUCCESS
            ? Encoding.UTF8.GetString(bytes, 0, length).Split('\n')[0]
            : FormattableString.Invariant($"error {code}.");
    }
}
