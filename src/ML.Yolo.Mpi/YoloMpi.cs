using Microsoft.ML;
using ML.Yolo.Interop;
using ML.Yolo.Mpi;

namespace ML.Yolo;

/// <summary>Makes an <c>MLContext</c> work with the other processes that <c>mpirun</c> started.</summary>
public static class YoloMpi
{
    /// <summary>
    /// Whether this process is one of several that a launcher of MPI started, such as <c>mpirun</c> or Slurm's <c>srun</c>, by what the launcher left in the
    /// environment. Loads nothing.
    /// </summary>
    public static bool IsLaunched => MpiLauncher.IsLauncher;

    /// <summary>Makes all YOLO trainers of a context share every batch with the other processes, unless their options name others.</summary>
    /// <param name="mlContext">The context.</param>
    /// <returns><see cref="MpiDistribution.World"/>; one process alone where the program was not started by a launcher.</returns>
    /// <exception cref="MpiBackendException">There is no MPI, or one of another binary interface; the message says what to install.</exception>
    public static MpiDistribution Use(MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        mlContext.SetDistribution(MpiDistribution.World);
        return MpiDistribution.World;
    }
}
