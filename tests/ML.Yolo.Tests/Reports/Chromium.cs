namespace ML.Yolo.Tests.Reports;

/// <summary>A headless browser, of the system's.</summary>
internal static class Chromium
{
    public static string? Path { get; } = Find();

    /// <summary>Opens a page, and gives its document as it is once loaded, and what the console said.</summary>
    public static (string Document, string Console) Open(string path)
    {
        using var profile = new TemporaryFolder();
        var address = new Uri(path).AbsoluteUri;
        var (exitCode, output) = ChildProcess.Run(
            "/bin/sh", "-c", "\"$0\" \"$@\" 2>\"$LOG\"".Replace("$LOG", profile.File("console.log"), StringComparison.Ordinal), Path!,
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
            $"--user-data-dir={profile.File("profile")}", "--enable-logging=stderr", "--log-level=0", "--virtual-time-budget=5000", "--dump-dom", address);
        var console = File.ReadAllText(profile.File("console.log"));
        return exitCode == 0 ? (output, console) : throw new InvalidOperationException($"Chromium ended with {exitCode}: {console}");
    }

    private static string? Find()
    {
        if (OperatingSystem.IsWindows())
            return null;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator);
        return new[] { "chromium", "chromium-browser", "google-chrome" }.SelectMany(name => folders.Select(folder => System.IO.Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
