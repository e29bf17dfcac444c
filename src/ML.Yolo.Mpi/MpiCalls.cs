using System.Runtime.InteropServices;

namespace ML.Yolo.Mpi;

/// <summary>The functions of MPI 3 that MPI.NET does not declare, and the handles they take, as MPICH numbers them.</summary>
internal static unsafe partial class MpiCalls
{
    /// <summary>Errors are returned, not fatal.</summary>
    public const int ErrorsReturn = 0x54000001;

    /// <summary>The largest of the ranks' numbers.</summary>
    public const int Max = 0x58000001;

    /// <summary>The sum of the ranks' numbers.</summary>
    public const int Sum = 0x58000003;

    /// <summary>No request.</summary>
    public const int NoRequest = 0x2c000000;

    /// <summary>Send what is received from: in place.</summary>
    public static void* InPlace => (void*)-1;

    [LibraryImport(MpiLibrary.Name)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int MPI_Iallreduce(void* send, void* receive, int count, int type, int operation, int communicator, int* request);

    [LibraryImport(MpiLibrary.Name)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int MPI_Ibcast(void* buffer, int count, int type, int root, int communicator, int* request);

    [LibraryImport(MpiLibrary.Name)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int MPI_Iallgather(
        void* send, int sendCount, int sendType, void* receive, int receiveCount, int receiveType, int communicator, int* request);

    [LibraryImport(MpiLibrary.Name)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int MPI_Isend(void* buffer, int count, int type, int target, int tag, int communicator, int* request);

    [LibraryImport(MpiLibrary.Name)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int MPI_Irecv(void* buffer, int count, int type, int source, int tag, int communicator, int* request);

    /// <param name="request">The request; <see cref="NoRequest"/> once it is done.</param>
    /// <param name="isDone">1 where it is.</param>
    /// <param name="status">At least 64 bytes; not looked at.</param>
    [LibraryImport(MpiLibrary.Name)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int MPI_Test(int* request, int* isDone, void* status);

    [LibraryImport(MpiLibrary.Name)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int MPI_Cancel(int* request);

    [LibraryImport(MpiLibrary.Name)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int MPI_Comm_set_errhandler(int communicator, int handler);
}
