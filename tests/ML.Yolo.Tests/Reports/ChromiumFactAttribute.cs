namespace ML.Yolo.Tests.Reports;

/// <summary>A fact that needs a Chromium on the path, and is skipped with a stated reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute()
    {
        if (Chromium.Path is null)
            Skip = "There is no Chromium on the path (chromium, chromium-browser, google-chrome): the page is not opened in a browser.";
    }
}
