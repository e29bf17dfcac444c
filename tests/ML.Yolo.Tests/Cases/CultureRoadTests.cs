using System.Text;
using Microsoft.ML;
using ML.Yolo.Tests.Datasets;
using ML.Yolo.Tests.Training;

namespace ML.Yolo.Tests.Cases;

/// <summary>The whole road from files over training to files, byte for byte the same in every culture.</summary>
public sealed class CultureRoadTests
{
    private static readonly Lazy<string> Invariant = new(() => Walk(""));

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    [InlineData("fa-IR")]
    [InlineData("ar-SA")]
    [InlineData("sv-SE")]
    [InlineData("th-TH")]
    public void DataAndTraining_UnderACulture_GiveTheSameBytes(string culture) => Assert.Equal(Invariant.Value, Walk(culture));

    private static string Walk(string culture)
    {
        using var scope = new CultureScope(culture);
        using var folder = new TemporaryFolder();
        var mlContext = new MLContext(seed: 1);
        WriteSets(folder);
        var text = new StringBuilder();

        IDataView[] sets =
        [
            mlContext.Data.LoadFromPascalVoc(folder.File("voc")),
            mlContext.Data.LoadFromCoco(folder.File("voc", "coco.json"), folder.File("voc", "JPEGImages")),
            mlContext.Data.LoadFromVott(folder.File("voc", "vott.json")),
        ];
        foreach (var set in sets)
        {
            text.AppendLine(string.Join('|', mlContext.Data.GetClassNames(set))).AppendLine(mlContext.Data.SummarizeDetections(set).ToString());
            Append(text, LabelledRows.Of(mlContext, set));
        }

        mlContext.Data.SaveAsYoloDataset(sets[0], folder.File("yolo"));
        mlContext.Data.SaveAsYoloDataset(sets[1], folder.File("yolo"), "val");
        var yolo = mlContext.Data.LoadFromYoloDataset(folder.File("yolo"));
        mlContext.Data.SaveAsCoco(yolo, folder.File("written.json"), folder.Path);
        foreach (var file in Directory.GetFiles(folder.File("yolo"), "*.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            text.AppendLine(Path.GetFileName(file)).AppendLine(File.ReadAllText(file));
        text.AppendLine(File.ReadAllText(folder.File("yolo", "data.yaml"))).AppendLine(File.ReadAllText(folder.File("written.json")));
        Train(mlContext, yolo, folder, text);
        return text.ToString();
    }

    private static void Train(MLContext mlContext, IDataView yolo, TemporaryFolder folder, StringBuilder text)
    {
        var options = TinyRun.Options(epochs: 1);
        options.CsvLogPath = folder.File("log.csv");
        var names = mlContext.Data.LoadFromEnumerable(mlContext.Data.GetClassNames(yolo).Select(name => new { Name = name }));
        using var model = (IDisposable)mlContext.Transforms.Conversion.MapValueToKey("Label", keyData: names)
            .Append(mlContext.Transforms.LoadImages("Image", "", "ImagePath"))
            .Append(mlContext.MulticlassClassification.Trainers.Yolo(options)).Fit(yolo);
        var metrics = mlContext.MulticlassClassification.EvaluateDetections((ITransformer)model, yolo);
        mlContext.Model.Save((ITransformer)model, yolo.Schema, folder.File("model.zip"));
        using var detector = YoloDetector.Load(folder.File("model.zip"), mlContext);
        text.AppendLine(metrics.ToString());
        text.AppendLine(string.Join('|', detector.ClassNames));
        text.AppendLine(string.Join('|', File.ReadLines(folder.File("log.csv")).First().Split(',').Where(column => column != "seconds")));
    }

    private static void Append(StringBuilder text, List<LabelledRows.Row> rows)
    {
        foreach (var row in rows)
        {
            var numbers = string.Join(' ', row.BoundingBoxes.Select(value => BitConverter.SingleToUInt32Bits(value)));
            text.Append(row.Name).Append('|').Append(string.Join('|', row.Label)).Append('|').AppendLine(numbers);
        }
    }

    /// <summary>Names whose order and case differ by culture: i and I in Turkish, å and ö in Swedish, prepended vowels in Thai.</summary>
    private static void WriteSets(TemporaryFolder folder)
    {
        string[] classes = ["İris", "ıris", "iris", "IRIS", "ånger", "zebra", "เกา", "กา", "-a", "a"];
        var (names, images, annotations, assets) = (new StringBuilder(), new List<string>(), new List<string>(), new List<string>());
        for (var i = 0; i < classes.Length; i++)
        {
            var name = FormattableString.Invariant($"{classes[i]}{i}");
            names.Append(name).Append('\n');
            LabelledRows.WritePicture(folder.File("voc", "JPEGImages", name + ".PNG"));
            File.WriteAllText(folder.File("voc", "Annotations", name + ".xml"), FormattableString.Invariant($"<annotation><filename>{name}.png</filename>") +
                FormattableString.Invariant($"<object><name>{classes[i]}</name><difficult>FALSE</difficult><bndbox><xmin>{1.5 + i}</xmin><ymin>2.25</ymin>") +
                "<xmax>3.5e1</xmax><ymax>14</ymax></bndbox></object></annotation>");
            images.Add(FormattableString.Invariant($"{{\"id\":{i},\"file_name\":\"{name}.PNG\"}}"));
            annotations.Add(FormattableString.Invariant($"{{\"image_id\":{i}.0,\"category_id\":{i - 3},\"bbox\":[{1.5 + i},2.25,7,8.125]}}"));
            assets.Add(FormattableString.Invariant($"\"{i}\":{{\"asset\":{{\"name\":\"JPEGImages/{name}.PNG\",\"path\":\"x\"}},\"regions\":[{{\"tags\":[\"{classes[i]}\"],") +
                FormattableString.Invariant($"\"boundingBox\":{{\"left\":{0.5 * i},\"top\":2,\"width\":3,\"height\":4}}}}]}}"));
        }

        File.WriteAllText(folder.File("voc", "ImageSets", "Main", "train.txt"), names.ToString());
        var categories = string.Join(',', classes.Select((name, i) => FormattableString.Invariant($"{{\"id\":{i - 3},\"name\":\"{name}\"}}")));
        File.WriteAllText(
            folder.File("voc", "coco.json"), $"{{\"images\":[{string.Join(',', images)}],\"annotations\":[{string.Join(',', annotations)}],\"categories\":[{categories}]}}");
        var tags = string.Join(',', classes.Select(name => $"{{\"name\":\"{name}\"}}"));
        File.WriteAllText(folder.File("voc", "vott.json"), $"{{\"tags\":[{tags}],\"assets\":{{{string.Join(',', assets)}}}}}");
    }
}
