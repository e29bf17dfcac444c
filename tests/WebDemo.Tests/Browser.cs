using Microsoft.Playwright;
using ML.Yolo.Tests.Reports;

namespace WebDemo.Tests;

/// <summary>A headless browser of the system's, and a server for it.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private ServerProcess? _server;

    internal ServerProcess Server => _server!;

    // Large enough for anchors of single parts of a picture.
    private ExportedDetector Model { get; } = new(imageSize: 320);

    public async Task InitializeAsync()
    {
        if (Chromium.Path is null)
            return;
        _server = await ServerProcess.StartAsync(Model.Path);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium.Path,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
            ],
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        Model.Dispose();
    }

    /// <summary>Opens the page in a window of its own.</summary>
    internal async Task<OpenPage> OpenAsync(int width = 1280, int height = 900, ColorScheme scheme = ColorScheme.Light, ServerProcess? server = null)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            BaseURL = (server ?? Server).Client.BaseAddress!.AbsoluteUri,
            AcceptDownloads = true,
            Permissions = ["camera"],
        });
        return await OpenPage.OpenAsync(context);
    }
}
