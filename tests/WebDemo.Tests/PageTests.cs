using System.Globalization;
using System.Text.Json;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using ML.Yolo.Tests.Reports;

namespace WebDemo.Tests;

/// <summary>The page in a real browser, as a person uses it. Pictures of it go to the folder that ML_YOLO_SCREENSHOTS names, if it is set.</summary>
public sealed class PageTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly byte[] Picture = Pictures.Squares(640, 420);
    private static readonly string[] Palette = ["#E69F00", "#56B4E9", "#009E73"];

    [ChromiumFact]
    public async Task Drop_Picture_BoxesAppearWhereTheApiSaysTheyAre()
    {
        await using var open = await browser.OpenAsync();
        var objects = await FoundAsync();
        var threshold = Between(objects, 5);

        await open.DropAsync(Picture, "squares.png");
        await open.AnsweredAsync();
        await open.SetThresholdAsync(threshold);

        var expected = objects.Where(item => item.Score >= threshold).ToArray();
        var rows = await open.RowsAsync();
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Select(item => item.Label), rows.Select(row => row[0]));
        Assert.All(expected.Zip(rows), pair => Assert.All(pair.First.Box.Zip(pair.Second[2..]), edge => Assert.Equal(edge.First, float.Parse(edge.Second, CultureInfo.InvariantCulture), 0.51f)));
        await AssertDrawnAsync(open, expected);
        Assert.Empty(open.Complaints);
    }

    [ChromiumFact]
    public async Task Drop_PhotoStoredSideways_BoxesAreInThePictureAsShown()
    {
        await using var open = await browser.OpenAsync();
        var photo = Pictures.Sideways(640, 420);
        var objects = (await browser.Server.Client.DetectAsync(photo, "image/jpeg", "?score=0.05")).Body.Objects();
        var threshold = Between(objects, 3);

        await open.DropAsync(photo, "photo.jpg", "image/jpeg");
        await open.AnsweredAsync();
        await open.SetThresholdAsync(threshold);

        var size = await open.Page.EvaluateAsync<int[]>("() => [document.getElementById('picture').width, document.getElementById('picture').height]");
        Assert.Equal([420, 640], size);
        await AssertDrawnAsync(open, [.. objects.Where(item => item.Score >= threshold)]);
        Assert.Empty(open.Complaints);
    }

    [ChromiumFact]
    public async Task Slider_Moved_ShowsWhatIsAsSureWithoutAnotherRequest()
    {
        await using var open = await browser.OpenAsync();
        var objects = await FoundAsync();
        await open.DropAsync(Picture, "squares.png");
        await open.AnsweredAsync();

        foreach (var threshold in new[] { 0.05, Between(objects, 10), Between(objects, 2), 0.95 })
        {
            await open.SetThresholdAsync(threshold);
            Assert.Equal(objects.Count(item => item.Score >= threshold), (await open.RowsAsync()).Length);
        }

        Assert.Equal(1, open.Requests);
        Assert.Equal("Nothing that is as sure as the score asked for.", await open.Page.InnerTextAsync("#nothing"));
        Assert.Empty(open.Complaints);
    }

    [ChromiumFact]
    public async Task Classes_SwitchedOff_AreHiddenUntilSwitchedOn()
    {
        await using var open = await browser.OpenAsync();
        await open.DropAsync(Picture, "squares.png");
        await open.AnsweredAsync();
        var before = await open.RowsAsync();
        var name = before[0][0];

        var box = open.Page.GetByRole(AriaRole.Checkbox, new() { Name = name });
        await box.UncheckAsync();
        var without = await open.RowsAsync();
        await box.CheckAsync();

        Assert.Equal(before.Where(row => row[0] != name), without);
        Assert.Equal(before, await open.RowsAsync());
        Assert.Empty(open.Complaints);
    }

    [ChromiumFact]
    public async Task Pointer_OverABox_ShowsItsClassAndScore()
    {
        await using var open = await browser.OpenAsync();
        var objects = await FoundAsync();
        await open.DropAsync(Picture, "squares.png");
        await open.AnsweredAsync();
        await open.SetThresholdAsync(Between(objects, 1));
        var (x, y) = (Math.Clamp((objects[0].Box[0] + objects[0].Box[2]) / 2, 2, 638), Math.Clamp((objects[0].Box[1] + objects[0].Box[3]) / 2, 2, 418));
        var under = objects.Where(item => item.Score >= Between(objects, 1) && item.Box[0] <= x && x <= item.Box[2] && item.Box[1] <= y && y <= item.Box[3]);
        var best = under.MinBy(item => (item.Box[2] - item.Box[0]) * (item.Box[3] - item.Box[1]));
        var place = (await open.Page.Locator("#boxes").BoundingBoxAsync())!;

        await open.Page.Mouse.MoveAsync(place.X + (x * place.Width / 640), place.Y + (y * place.Height / 420));

        Assert.Equal($"{best.Label} {best.Score.ToString("F3", CultureInfo.InvariantCulture)}", await open.Page.InnerTextAsync("#tip"));
        Assert.Equal(1, await open.Page.Locator("tr.chosen").CountAsync());
        Assert.Empty(open.Complaints);
    }

    [ChromiumFact]
    public async Task Keyboard_Alone_ReachesEveryControlAndResult()
    {
        await using var open = await browser.OpenAsync();
        await open.DropAsync(Picture, "squares.png");
        await open.AnsweredAsync();
        await open.SetThresholdAsync(Between(await FoundAsync(), 2));
        await open.Page.Mouse.ClickAsync(2, 2);                                          // from the top of the page on
        var reached = new List<string>();

        for (var i = 0; i < 300 && !reached.Contains("save-picture"); i++)
        {
            await open.Page.Keyboard.PressAsync("Tab");
            reached.Add(await open.Page.EvaluateAsync<string>("() => document.activeElement.id || document.activeElement.type + ' ' + (document.activeElement.closest('tr') ? 'row' : '')"));
        }

        Assert.Superset(new HashSet<string> { "choose", "camera", "threshold", "checkbox ", "button row", "save-json", "save-yolo", "save-picture" }, reached.ToHashSet());
        await open.Page.Locator("#rows button").First.FocusAsync();
        Assert.Equal(1, await open.Page.Locator("tr.chosen").CountAsync());
        Assert.StartsWith("squares.png: ", await open.Page.Locator("#picture").GetAttributeAsync("aria-label"), StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task Downloads_Pressed_HoldWhatIsShown()
    {
        await using var open = await browser.OpenAsync();
        var objects = await FoundAsync();
        var threshold = Between(objects, 4);
        await open.DropAsync(Picture, "squares.png");
        await open.AnsweredAsync();
        await open.SetThresholdAsync(threshold);
        var expected = objects.Where(item => item.Score >= threshold).ToArray();

        var (jsonName, json) = await DownloadAsync(open, "#save-json");
        var (yoloName, yolo) = await DownloadAsync(open, "#save-yolo");
        var (pictureName, picture) = await DownloadAsync(open, "#save-picture");

        Assert.Equal(("squares.json", "squares.txt", "squares-boxes.png"), (jsonName, yoloName, pictureName));
        var saved = JsonSerializer.Deserialize<JsonElement>(json).Objects();
        Assert.Equal(expected.Select(item => (item.Label, item.Score)), saved.Select(item => (item.Label, item.Score)));
        var lines = System.Text.Encoding.UTF8.GetString(yolo).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(expected.Zip(lines, (item, line) => (item, line.Split(' '))), pair =>
        {
            Assert.Equal(pair.item.Label[^1..], pair.Item2[0]);
            Assert.Equal((pair.item.Box[0] + pair.item.Box[2]) / 2 / 640, float.Parse(pair.Item2[1], CultureInfo.InvariantCulture), 1e-5f);
            Assert.Equal((pair.item.Box[3] - pair.item.Box[1]) / 420, float.Parse(pair.Item2[4], CultureInfo.InvariantCulture), 1e-5f);
        });
        Assert.Equal(expected.Length, lines.Length);
        using var decoded = SkiaSharp.SKBitmap.Decode(picture);
        Assert.Equal((640, 420), (decoded.Width, decoded.Height));
        Assert.Empty(open.Complaints);
    }

    [ChromiumFact]
    public async Task Picture_PastedOrChosen_IsLookedAtToo()
    {
        await using var open = await browser.OpenAsync();

        await open.PasteAsync(Picture, "pasted.png");
        await open.AnsweredAsync();
        var pasted = await open.RowsAsync();
        var chooser = await open.Page.RunAndWaitForFileChooserAsync(() => open.Page.ClickAsync("#choose"));
        await chooser.SetFilesAsync(new FilePayload { Name = "chosen.png", MimeType = "image/png", Buffer = Picture });
        await open.Page.Locator("#picture[aria-label^='chosen.png: ']").WaitForAsync();
        await open.AnsweredAsync();

        Assert.NotEmpty(pasted);
        Assert.Equal(pasted, await open.RowsAsync());
        Assert.Equal(2, open.Requests);
        Assert.Empty(open.Complaints);
    }

    [ChromiumFact]
    public async Task Drop_NotAPicture_SaysSo()
    {
        await using var open = await browser.OpenAsync();

        await open.DropAsync("hello"u8.ToArray(), "note.txt", "text/plain");
        var note = await open.Page.InnerTextAsync("[role=alert]");
        await open.DropAsync(Picture[..40], "damaged.png");
        await open.Page.Locator("[role=alert]:has-text('damaged.png')").WaitForAsync();

        Assert.Equal("That is not a picture.", note);
        Assert.Equal(0, open.Requests);
    }

    [ChromiumFact]
    public async Task Camera_On_ShowsPicturesWithTheirRateUntilStopped()
    {
        await using var open = await browser.OpenAsync();

        await open.Page.ClickAsync("#camera");
        await open.Page.Locator("#rate:has-text('pictures per second'):not(:has-text('0.0'))").WaitForAsync();
        await open.Page.Locator("#camera[aria-pressed=true]").ClickAsync();

        Assert.True(open.Requests > 1);
        Assert.Equal("false", await open.Page.GetAttributeAsync("#camera", "aria-pressed"));
        Assert.StartsWith("camera: ", await open.Page.GetAttributeAsync("#picture", "aria-label"), StringComparison.Ordinal);
        Assert.Empty(open.Complaints);
    }

    [ChromiumTheory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task Page_EveryWidthAndScheme_FitsAndHasNoFaultOfAccess(int width, ColorScheme scheme)
    {
        await using var open = await browser.OpenAsync(width, 800, scheme);
        await PictureAsync(open, $"empty-{width}-{scheme}");
        await open.DropAsync(Picture, "squares.png");
        await open.AnsweredAsync();
        await open.SetThresholdAsync(Between(await FoundAsync(), 6));
        await PictureAsync(open, $"found-{width}-{scheme}");

        var faults = (await open.Page.RunAxe()).Violations;

        Assert.Equal([], faults.Select(fault => $"{fault.Id}: {string.Join(", ", fault.Nodes.Select(node => node.Html))}"));
        Assert.Equal(0, await open.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        Assert.Empty(open.Complaints);
    }

    /// <summary>The most confident one is drawn last, so all of its outline but what its label hides is there; of the others, what later ones leave.</summary>
    private static async Task AssertDrawnAsync(OpenPage open, (string Label, float Score, float[] Box)[] objects)
    {
        Assert.NotEmpty(objects);
        for (var i = 0; i < objects.Length; i++)
        {
            var (label, score, box) = objects[i];
            var share = await open.DrawnShareAsync(box, Palette[int.Parse(label[^1..], CultureInfo.InvariantCulture)]);
            Assert.True(share > (i == 0 ? 0.7 : 0.2), $"{label} {score}, {string.Join(", ", box)}: {share} of its outline is drawn.");
        }
    }

    private static async Task PictureAsync(OpenPage open, string name)
    {
        if (Environment.GetEnvironmentVariable("ML_YOLO_SCREENSHOTS") is { Length: > 0 } folder)
            await open.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }

    private static async Task<(string Name, byte[] Bytes)> DownloadAsync(OpenPage open, string button)
    {
        var download = await open.Page.RunAndWaitForDownloadAsync(() => open.Page.ClickAsync(button));
        return (download.SuggestedFilename, await File.ReadAllBytesAsync(await download.PathAsync()));
    }

    /// <summary>A threshold of the slider that lets so many through, and those that are as sure to a hundredth.</summary>
    private static double Between((string Label, float Score, float[] Box)[] objects, int count) => Math.Floor(objects[count - 1].Score * 100) / 100;

    private async Task<(string Label, float Score, float[] Box)[]> FoundAsync()
        => (await browser.Server.Client.DetectAsync(Picture, query: "?score=0.05")).Body.Objects();
}
