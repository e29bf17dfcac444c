namespace ML.Yolo.Tests;

/// <summary>A theory about what Linux alone tells, such as the open files of a process. Skipped elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux())
            Skip = "Only Linux tells which files a process has open.";
    }
}
