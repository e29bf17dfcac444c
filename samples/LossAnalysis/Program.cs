using System.CommandLine;
using System.Globalization;
using LossAnalysis;
using ML.Yolo;
using Spectre.Console;
using static TorchSharp.torch;

const double Tolerance = 1e-5;
const int FileWidth = 150;

var output = new Option<string>("--output") { Description = "Where the pictures go.", HelpName = "FOLDER", DefaultValueFactory = _ => "./loss-analysis" };
var seed = new Option<int>("--seed") { Description = "Decides the random predictions.", HelpName = "N", DefaultValueFactory = _ => 0 };
var root = new RootCommand("Compares the YOLOv5, YOLOv3 and YOLOv8 losses on one small problem: what they build, what they cost, and how they look.") { output, seed };
root.SetAction(parsed => Analyse(Path.GetFullPath(parsed.GetValue(output)!), parsed.GetValue(seed)));
return root.Parse(args).Invoke();

static int Analyse(string folder, int seed)
{
    if (Console.IsOutputRedirected)
        AnsiConsole.Profile.Width = FileWidth;
    using var scope = NewDisposeScope();
    var (maps, pointMaps, targets) = (NotebookInput.Predictions(seed), NotebookInput.PointPredictions(seed), NotebookInput.Targets());
    using var v5 = new YoloV5Loss(NotebookInput.Anchors(), NotebookInput.V5Options());
    using var v3 = new YoloV3Loss(NotebookInput.Anchors(), NotebookInput.V3Options());
    using var v8 = new YoloV8Loss(NotebookInput.Strides, NotebookInput.ClassCount, NotebookInput.V8Options());
    var points = v8.BuildTargets(pointMaps, targets);
    (string Name, IReadOnlyList<IReadOnlyList<BuiltTarget>> Layers)[] variants =
    [
        ("YOLOv5", [.. v5.BuildTargets(maps, targets).Select(BuiltTarget.Of)]),
        ("YOLOv3", [.. v3.BuildTargets(maps, targets).Select(BuiltTarget.Of)]),
        ("YOLOv8", [.. Enumerable.Range(0, NotebookInput.Strides.Count).Select(layer => BuiltTarget.Of(points, layer))]),
    ];
    var v5Loss = v5.Compute(maps, targets);
    AnsiConsole.Write(Totals(variants, [v5Loss, v3.Compute(maps, targets), v8.Compute(pointMaps, targets)]));
    Console.WriteLine("Which cells learn which object, through which anchor; the cell with the object's centre has a star. YOLOv8 has no anchors.");
    AnsiConsole.Write(AssignmentTable.Make(variants));
    Directory.CreateDirectory(folder);
    foreach (var (layer, stride) in NotebookInput.Strides.Index())
        AssignmentPicture.Write(Path.Combine(folder, $"stride-{stride}.png"), stride, [.. variants.Select(variant => (variant.Name, variant.Layers[layer]))]);

    Console.WriteLine($"The pictures are in {folder}: a column per variant, a row per image, and a legend.");
    return Check(PlainYoloV5Loss.Terms(maps, targets, NotebookInput.Anchors(), NotebookInput.V5Options()), v5Loss);
}

static Table Totals(IReadOnlyList<(string Name, IReadOnlyList<IReadOnlyList<BuiltTarget>> Layers)> variants, IReadOnlyList<DetectionLossResult> losses)
{
    var table = new Table().AddColumns(["", .. variants.Select(variant => variant.Name)]);
    foreach (var (layer, stride) in NotebookInput.Strides.Index())
        table.AddRow([$"built targets, stride {stride}", .. variants.Select(variant => variant.Layers[layer].Count.ToString(CultureInfo.InvariantCulture))]);
    foreach (var (name, title) in new[] { ("box", "box"), ("obj", "objectness"), ("noobj", "no object"), ("cls", "class"), ("dfl", "distribution") })
        table.AddRow([title, .. losses.Select(loss => Term(loss, name))]);
    return table.AddRow([$"total, times {NotebookInput.BatchSize} images", .. losses.Select(loss => Number(loss.Total))]);
}

static string Term(DetectionLossResult result, string name) => result.Terms.TryGetValue(name, out var term) ? Number(term) : "";

static string Number(Tensor scalar) => scalar.item<float>().ToString("F6", CultureInfo.InvariantCulture);

static int Check((double Box, double Objectness, double Class) plain, DetectionLossResult library)
{
    (string Name, double Value)[] terms = [("box", plain.Box), ("obj", plain.Objectness), ("cls", plain.Class)];
    var difference = terms.Max(term => Math.Abs(term.Value - library.Terms[term.Name].item<float>()) / term.Value);
    var verdict = difference <= Tolerance ? "agrees" : "DISAGREES";
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"A second YOLOv5 loss, written target by target, {verdict}: max. relative difference of a term {difference:E1}."));
    return difference <= Tolerance ? 0 : 1;
}
