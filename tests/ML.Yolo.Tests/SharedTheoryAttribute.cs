namespace ML.Yolo.Tests;

/// <summary>A theory that needs the shared folder, and is skipped with a stated reason where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute()
    {
        if (!SharedFolder.IsPresent)
            Skip = SharedFolder.Reason;
    }
}
