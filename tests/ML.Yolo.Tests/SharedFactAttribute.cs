namespace ML.Yolo.Tests;

/// <summary>A fact that needs the shared folder, and is skipped with a stated reason where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute()
    {
        if (!SharedFolder.IsPresent)
            Skip = SharedFolder.Reason;
    }
}
