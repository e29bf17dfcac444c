using System.Globalization;
using WebDemo.Load;

// "WebDemo.Load MODEL [SECONDS [CALLERS]]": how the demo's server holds under many callers, good and bad, on this machine alone.
if (args is not [var model, .. { Length: <= 2 } numbers] || !File.Exists(model))
{
    Console.Error.WriteLine("usage: WebDemo.Load model.zip [seconds, 1 to 600; default 60] [callers, 1 to 1000; default 200]");
    return 2;
}

if (!TryRead(0, 60, 600, out var seconds) || !TryRead(1, 200, 1000, out var callers))
{
    Console.Error.WriteLine("Seconds are a whole number from 1 to 600, callers from 1 to 1000.");
    return 2;
}

using var pictures = new PictureFolder(count: 64);

// Before and after: what else a machine does changes within minutes.
var before = Direct();
LoadReport report;
await using (var server = await LoadedServer.StartAsync(model))
    report = await new LoadRun(server, pictures.Uploads, callers).RunAsync(TimeSpan.FromSeconds(seconds));
Console.WriteLine(report.ToText((before + Direct()) / 2));
return report.Holds ? 0 : 1;

double Direct() => DirectDetection.ImagesPerSecond(model, pictures.Paths, TimeSpan.FromSeconds(Math.Min(20, seconds)));

bool TryRead(int index, int otherwise, int max, out int value)
{
    value = otherwise;
    return index >= numbers.Length || (int.TryParse(numbers[index], NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= 1 && value <= max);
}
