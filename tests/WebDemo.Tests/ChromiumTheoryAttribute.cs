using ML.Yolo.Tests.Reports;

namespace WebDemo.Tests;

/// <summary>A theory that needs a Chromium on the path, and is skipped with a stated reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute() => Skip = new ChromiumFactAttribute().Skip;
}
