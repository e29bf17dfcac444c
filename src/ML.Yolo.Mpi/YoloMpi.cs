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

    /// <summary>Scores rows, shared among the processes by blocks, and writes what is found: a line of JSON per row, in the order of the rows.</summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="model">A detector, or a chain with one; the same on all processes.</param>
    /// <param name="data">Rows of any number; the same on all processes. Each reads the images of its own blocks alone.</param>
    /// <param name="path">
    /// The file, on a disk that all processes see. Until all rows are scored, blocks of 256 rows wait beside it, in a folder of its name and ".unfinished";
    /// where a run is cut off they stay, and the next one scores what is missing.
    /// </param>
    /// <remarks>
    /// A line is <c>{"row":0,"objects":[{"label":"cat","score":0.9,"box":[x0,y0,x1,y1]}]}</c>, boxes in pixels of the image in the image column. All processes
    /// must call it; it returns when the file is there.
    /// </remarks>
    /// <exception cref="ArgumentException">The model has no detector, or several.</exception>
    /// <exception cref="InvalidOperationException">The folder of blocks is of another model or of other data.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="DistributionException">Another process failed, or is missing; the message names it.</exception>
    /// <exception cref="MpiBackendException">There is no MPI, or one of another binary interface; the message says what to install.</exception>
    public static void Score(MLContext mlContext, ITransformer model, IDataView data, string path)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        new RowScoring(MpiDistribution.World, model, Path.GetFullPath(path)).Score(data);
    }
}
