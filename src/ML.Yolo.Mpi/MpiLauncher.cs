using System.Globalization;

namespace ML.Yolo.Mpi;

/// <summary>What the environment says of whoever started this process.</summary>
internal static class MpiLauncher
{
    private const string OpenMpiSize = "OMPI_COMM_WORLD_SIZE";

    // Hydra (MPICH, Intel MPI, MVAPICH), MS-MPI and Slurm's pmi2 set the first; PMIx the second; Cray the third.
    private static readonly string[] Marks = ["PMI_RANK", "PMIX_RANK", "PALS_RANKID", OpenMpiSize];

    // Slurm tells every step of its tasks, whether or not they speak MPI.
    private static readonly string[] Sizes = ["PMI_SIZE", "SLURM_STEP_NUM_TASKS", OpenMpiSize];

    /// <summary>Whether there is one, and it started several processes, as far as it tells.</summary>
    public static bool IsLauncher => ExpectedSize > 1 || (ExpectedSize == 0 && Array.Exists(Marks, name => Read(name) is not null));

    /// <summary>Whether it is Open MPI's.</summary>
    public static bool IsOpenMpi => Read(OpenMpiSize) is not null;

    /// <summary>How many processes it says that it started; 0 where it does not.</summary>
    public static int ExpectedSize => Sizes.Max(name => int.TryParse(Read(name), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0);

    private static string? Read(string name) => Environment.GetEnvironmentVariable(name);
}
