#:property GenerateDocumentationFile=true
#:property NoWarn=CS1591
// Writes down the public API of every package as it is now: dotnet run eng/UpdatePublicApi.cs
// With --ship, what was new moves to the files of what was shipped: for a release.
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

const string Start = "#nullable enable";
var isShipping = args is ["--ship"];
var folders = Directory.GetFiles("src", "PublicAPI.Shipped.txt", SearchOption.AllDirectories).Select(path => Path.GetDirectoryName(path)!).ToList();
var shipped = folders.ToDictionary(folder => folder, folder => File.ReadAllLines(Path.Combine(folder, "PublicAPI.Shipped.txt")).ToHashSet());
foreach (var folder in folders)
{
    File.WriteAllText(Path.Combine(folder, "PublicAPI.Unshipped.txt"), $"{Start}\n");
    if (isShipping)
        File.WriteAllText(Path.Combine(folder, "PublicAPI.Shipped.txt"), $"{Start}\n");
}

var logs = Directory.CreateTempSubdirectory();
foreach (var folder in folders)
    Run("build", folder, "-c", "Release", "-p:TreatWarningsAsErrors=false", $"-p:PublicApiLogs={logs.FullName}/");
foreach (var folder in folders)
{
    using var log = JsonDocument.Parse(File.ReadAllText(Path.Combine(logs.FullName, $"{Path.GetFileName(folder)}.sarif")));
    var results = log.RootElement.GetProperty("runs")[0].GetProperty("results");
    var added = Names(results, "RS0016").Where(name => isShipping || !shipped[folder].Contains(name));
    var removed = Names(results, "RS0017").Select(name => $"*REMOVED*{name}");
    var lines = added.Concat(removed).Distinct().Order(StringComparer.Ordinal).ToList();
    File.WriteAllLines(Path.Combine(folder, isShipping ? "PublicAPI.Shipped.txt" : "PublicAPI.Unshipped.txt"), [Start, .. lines]);
    Console.WriteLine($"{folder}: {lines.Count} lines");
}

logs.Delete(recursive: true);

static void Run(params string[] arguments)
{
    using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
    var output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    if (process.ExitCode != 0)
        throw new InvalidOperationException(output);
}

static IEnumerable<string> Names(JsonElement results, string rule) => results.EnumerateArray()
    .Where(result => result.GetProperty("ruleId").GetString() == rule)
    .Select(result => Regex.Match(result.GetProperty("message").GetProperty("text").GetString()!, "'(.*)'").Groups[1].Value);
