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

    /// <summary>How much of a box's outline has the colour, in [0, 1], on the canvas over the picture.</summary>
    public Task<double> DrawnShareAsync(float[] box, string colour) => Page.EvaluateAsync<double>(
        """
        ([[x0, y0, x1, y1], colour]) => {
          const [boxes, picture, copy] = [document.getElementById("boxes"), document.getElementById("picture"), document.createElement("canvas")];
          [copy.width, copy.height] = [boxes.width, boxes.height];
          const context = copy.getContext("2d", { willReadFrequently: true });
          context.drawImage(boxes, 0, 0);
          const wanted = [1, 3, 5].map(i => parseInt(colour.slice(i, i + 2), 16));
          const isColoured = ([x, y]) => {
            const place = [Math.min(x * copy.width / picture.width, copy.width - 1), Math.min(y * copy.height / picture.height, copy.height - 1)].map(Math.floor);
            const [r, g, b, a] = context.getImageData(...place, 1, 1).data;
            return a > 200 && Math.abs(r - wanted[0]) + Math.abs(g - wanted[1]) + Math.abs(b - wanted[2]) < 12;
          };
          const along = Array.from({ length: 50 }, (_, i) => (i + 0.5) / 50);
          const outline = along.flatMap(t => [[x0 + t * (x1 - x0), y0], [x0 + t * (x1 - x0), y1], [x0, y0 + t * (y1 - y0)], [x1, y0 + t * (y1 - y0)]]);
          return outline.filter(isColoured).length / outline.length;
        }
        """,
        new object[] { Array.ConvertAll(box, edge => (double)edge), colour });

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
