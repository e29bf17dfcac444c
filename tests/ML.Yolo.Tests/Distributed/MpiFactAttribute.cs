namespace ML.Yolo.Tests.Distributed;

/// <summary>A fact that needs an MPI, and is skipped with a stated reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MpiFactAttribute : FactAttribute
{
    public MpiFactAttribute() => Skip = MpiRunner.Absence;
}
