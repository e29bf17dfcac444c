using System.Globalization;
using System.Text.RegularExpressions;

namespace ML.Yolo.Tests.Reports;

/// <summary>The page as a browser sees it. A script is added to a copy of it, which writes down what it finds.</summary>
public sealed partial class ReportInBrowserTests(WrittenReport report) : IClassFixture<WrittenReport>
{
    private const string Probe =
        """
        <script>
        addEventListener("load", () => {
          const write = (name, value) => document.body.setAttribute("data-" + name, value);
          const images = [...document.images];
          write("images", images.length);
          write("broken", images.filter(image => !image.complete || image.naturalWidth === 0).map(image => image.alt).join("; "));
          write("plots", document.querySelectorAll(".plot svg").length);
          write("empty-plots", [...document.querySelectorAll(".plot svg")].filter(svg => svg.getBoundingClientRect().height < 50 || svg.querySelectorAll("polyline, rect, circle, path, ellipse").length < 5).length);
          write("summary", [...document.querySelectorAll("#summary-table tbody tr")].map(row => row.cells[0].innerText + "=" + row.cells[1].innerText).join(";"));
          write("classes", [...document.querySelectorAll("#class-table tbody tr")].map(row => row.cells[0].innerText + "=" + row.cells[3].innerText).join(";"));
          write("overflow", document.documentElement.scrollWidth - document.documentElement.clientWidth);
          console.log("the probe was here");
        });
        </script>
        </body>
        """;

    [ChromiumFact]
    public void Report_OpenedInABrowser_LoadsEveryImageSaysNoErrorAndHoldsTheMetrics()
    {
        using var folder = new TemporaryFolder();
        var copy = folder.File("report.html");
        File.WriteAllText(copy, report.Html.Replace("</body>", Probe, StringComparison.Ordinal));

        var (document, console) = Chromium.Open(copy);

        var found = Findings().Matches(Body(document)).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        Assert.Equal(("8", "", "0"), (found["images"], found["broken"], found["empty-plots"]));
        Assert.Equal("10", found["plots"]);
        Assert.Equal("0", found["overflow"]);
        Assert.Contains("the probe was here", console, StringComparison.Ordinal);
        Assert.Equal(["the probe was here"], ConsoleLines().Matches(console).Select(match => match.Groups[1].Value));
        var metrics = report.Metrics;
        Assert.Equal(
            [Cell("mAP50-95", metrics.MAP50_95), Cell("mAP50", metrics.MAP50), Cell("mAP75", metrics.MAP75), Cell("precision", metrics.Precision), Cell("recall", metrics.Recall), Cell("F1", metrics.F1)],
            found["summary"].Split(';').Take(6));
        Assert.Equal(metrics.PerClass.Select(item => Cell(item.ClassName, item.AveragePrecision50_95)), found["classes"].Split(';'));
    }

    [ChromiumFact]
    public void Report_OnAPhone_CutsOffNoTable()
    {
        using var folder = new TemporaryFolder();
        const string Narrow =
            """
            <script>
            addEventListener("load", () => {
              const wide = [...document.querySelectorAll(".scroll, table, .cards, .facts, figure")].filter(e => getComputedStyle(e).display !== "none" && (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 || e.getBoundingClientRect().right > 391));
              parent.document.body.setAttribute("data-wide", wide.map(e => e.id || e.className || e.tagName).join(";"));
              parent.document.body.setAttribute("data-width", document.documentElement.clientWidth);
              parent.document.body.setAttribute("data-tables", document.querySelectorAll("table").length);
            });
            </script>
            """;
        var page = report.Html.Replace("</body>", Narrow + "</body>", StringComparison.Ordinal);
        File.WriteAllText(folder.File("phone.html"), $"<body style=\"margin:0\"><iframe scrolling=\"no\" style=\"width:390px;height:800px;border:0\" srcdoc=\"{System.Net.WebUtility.HtmlEncode(page)}\"></iframe></body>");

        var (document, _) = Chromium.Open(folder.File("phone.html"));

        var found = Findings().Matches(Body(document)).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        Assert.Equal(("390", "", "6"), (found["width"], found["wide"], found["tables"]));
    }

    /// <summary>The tag that the probe wrote to.</summary>
    private static string Body(string document)
    {
        var start = document.IndexOf("<body", StringComparison.Ordinal);
        return document[start..document.IndexOf('>', start)];
    }

    private static string Cell(string name, double value) => string.Create(CultureInfo.InvariantCulture, $"{name}={value:F4}");

    [GeneratedRegex("data-([a-z-]+)=\"([^\"]*)\"")]
    private static partial Regex Findings();

    [GeneratedRegex(":CONSOLE[^\\]]*\\] \"([^\"]*)\"")]
    private static partial Regex ConsoleLines();
}
