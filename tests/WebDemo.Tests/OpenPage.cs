using System.Globalization;
using Microsoft.Playwright;

namespace WebDemo.Tests;

/// <summary>The page in a window, what a person does there, and what they see.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private OpenPage(IPage page) => Page = page;

    public IPage Page { get; }

    /// <summary>All that the browser complained of: errors and warnings of scripts, of the policy and of the network.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Requests to detect so far.</summary>
    public int Requests { get; private set; }

    public static async Task<OpenPage> OpenAsync(IBrowserContext context)
    {
        var open = new OpenPage(await context.NewPageAsync());
        open.Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                open.Complaints.Add(message.Text);
        };
        open.Page.PageError += (_, error) => open.Complaints.Add(error);
        open.Page.Request += (_, request) =>
        {
            if (request.Url.Contains("/v1/detect", StringComparison.Ordinal))
                open.Requests++;
        };
        await open.Page.GotoAsync("/");
        await open.Page.Locator("#model:has-text('yolov5n')").WaitForAsync();
        return open;
    }

    /// <summary>Drops a file on the page.</summary>
    public Task DropAsync(byte[] bytes, string name, string type = "image/png") => HandOverAsync(
        bytes, name, type, "files => document.getElementById('stage').dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }))");

    /// <summary>Pastes a file into the page.</summary>
    public Task PasteAsync(byte[] bytes, string name) => HandOverAsync(
        bytes, name, "image/png", "files => document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: files, bubbles: true }))");

    /// <summary>Waits for the answer.</summary>
    public Task AnsweredAsync() => Page.Locator("#status:has-text(' ms.')").WaitForAsync();

    /// <summary>Moves the slider.</summary>
    public Task SetThresholdAsync(double value) => Page.Locator("#threshold").FillAsync(value.ToString("F2", CultureInfo.InvariantCulture));

    /// <summary>The table's rows: class, score and box as they are written.</summary>
    public async Task<string[][]> RowsAsync() => await Page.EvaluateAsync<string[][]>("() => [...document.querySelectorAll('#rows tr')].map(row => [...row.cells].map(cell => cell.innerText.trim()))");

    /// <summary>Whether a box's edge is drawn: one of the midpoints of its sides has the colour, on the canvas over the picture.</summary>
    public Task<bool> IsDrawnAsync(float[] box, string colour) => Page.EvaluateAsync<bool>(
        """
        ([box, colour]) => {
          const canvas = document.getElementById("boxes");
          const picture = document.getElementById("picture");
          const [x, y] = [canvas.width / picture.width, canvas.height / picture.height];
          const [x0, y0, x1, y1] = [box[0] * x, box[1] * y, box[2] * x, box[3] * y];
          const wanted = [1, 3, 5].map(i => parseInt(colour.slice(i, i + 2), 16));
          const isColoured = (px, py) => {
            const [r, g, b, a] = canvas.getContext("2d").getImageData(Math.round(px), Math.round(py), 1, 1).data;
            return a > 200 && Math.abs(r - wanted[0]) + Math.abs(g - wanted[1]) + Math.abs(b - wanted[2]) < 12;
          };
          return [[x0, (y0 + y1) / 2], [x1, (y0 + y1) / 2], [(x0 + x1) / 2, y0], [(x0 + x1) / 2, y1]].some(([px, py]) => isColoured(px, py));
        }
        """,
        new object[] { box, colour });

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();

    private async Task HandOverAsync(byte[] bytes, string name, string type, string act)
    {
        var files = await Page.EvaluateHandleAsync(
            """
            ([base64, name, type]) => {
              const files = new DataTransfer();
              files.items.add(new File([Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))], name, { type }));
              return files;
            }
            """,
            new[] { Convert.ToBase64String(bytes), name, type });
        await Page.EvaluateAsync(act, files);
    }
}
