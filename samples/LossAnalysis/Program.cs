using System.CommandLine;
using System.Globalization;
using LossAnalysis;
using ML.Yolo;
using Spectre.Console;
using static TorchSharp.torch;

const double Tolerance = 1e-5;

var output = new Option<string>("--output") { Description = "Where the pictures go.", HelpName = "FOLDER", DefaultValueFactory = _ => "./loss-analysis" };
var seed = new Option<int>("--seed") { Description = "Decides the random predictions.", HelpName = "N", DefaultValueFactory = _ => 0 };
var root = new RootCommand("Compares the YOLOv5 and YOLOv3 losses on one small problem: what they build, what they cost, and how they look.") { output, seed };
root.SetAction(parsed => Analyse(Path.GetFullPath(parsed.GetValue(output)!), parsed.GetValue(seed)));
return root.Parse(args).Invoke();

static int Analyse(string folder, int seed)
{
    using var scope = NewDisposeScope();
    var (maps, targets, anchors) = (NotebookInput.Predictions(seed), NotebookInput.Targets(), NotebookInput.Anchors());
    using var v5 = new YoloV5Loss(anchors, NotebookInput.V5Options());
    using var v3 = new YoloV3Loss(anchors, NotebookInput.V3Options());
    var (v5Built, v3Built) = (v5.BuildTargets(maps, targets), v3.BuildTargets(maps, targets));
    var (v5Loss, v3Loss) = (v5.Compute(maps, targets), v3.Compute(maps, targets));

    AnsiConsole.Write(Table(v5Built, v3Built, v5Loss, v3Loss));
    Directory.CreateDirectory(folder);
    for (var layer = 0; layer < v5Built.Count; layer++)
    {
        var stride = NotebookInput.Strides[layer];
        AssignmentPicture.Write(Path.Combine(folder, $"stride-{stride}.png"), stride, [("YOLOv5", v5Built[layer]), ("YOLOv3", v3Built[layer])]);
    }

    Console.WriteLine($"The pictures are in {folder}: boxes as lines, the cells they were built in filled, the anchors that took them dashed.");
    return Check(PlainYoloV5Loss.Terms(maps, targets, anchors, NotebookInput.V5Options()), v5Loss);
}

static Table Table(IReadOnlyList<LayerTargets> v5Built, IReadOnlyList<LayerTargets> v3Built, DetectionLossResult v5, DetectionLossResult v3)
{
    var table = new Table().AddColumns("", "YOLOv5", "YOLOv3");
    for (var layer = 0; layer < v5Built.Count; layer++)
        table.AddRow($"built targets, stride {NotebookInput.Strides[layer]}", $"{v5Built[layer].Count}", $"{v3Built[layer].Count}");
    foreach (var (name, title) in new[] { ("box", "box"), ("obj", "objectness"), ("noobj", "no object"), ("cls", "class") })
        table.AddRow(title, Term(v5, name), Term(v3, name));
    return table.AddRow($"total, times {NotebookInput.BatchSize} images", Number(v5.Total), Number(v3.Total));
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
