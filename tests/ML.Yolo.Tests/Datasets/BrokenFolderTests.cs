using Microsoft.ML;

namespace ML.Yolo.Tests.Datasets;

/// <summary>
/// Everything in the shared folder of bad inputs: what is valid is read, what is not is refused by a message that names file, line and field.
/// </summary>
public sealed class BrokenFolderTests : IDisposable
{
    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();

    /// <summary>File, and parts of the message; none where the file is fine.</summary>
    public static TheoryData<string, string[]> Cases => new()
    {
        { "images/ok.jpg", [] },
        { "images/truncated.jpg", ["truncated.jpg", "its data ends before the picture does"] },
        { "images/zero-byte.jpg", ["zero-byte.jpg", "is empty; JPEG, PNG"] },
        { "images/text.jpg", ["text.jpg", "is not an image that can be read"] },
        { "images/alpha.png", [] },
        { "images/gray16.png", [] },
        { "images/rgb16.png", [] },
        { "images/gray.jpg", [] },
        { "images/cmyk.jpg", [] },
        { "images/exif-orientation-6.jpg", [] },
        { "images/one-pixel.png", [] },
        { "images/wide-10000x10.png", [] },
        { "images/png-named.jpg", [] },
        { "yolo/labels/ok.txt", [] },
        { "yolo/labels/negative-width.txt", ["negative-width.txt', line 1", "width is -0.25"] },
        { "yolo/labels/x-above-one.txt", ["x-above-one.txt', line 1", "cx is 1.5"] },
        { "yolo/labels/class-out-of-range.txt", ["class-out-of-range.txt', line 1", "class is '3'; a whole number from 0 to 2"] },
        { "yolo/labels/nan.txt", ["nan.txt', line 1", "cx is nan"] },
        { "yolo/labels/non-numeric.txt", ["non-numeric.txt', line 1", "cx is 'abc'"] },
        { "yolo/labels/missing-column.txt", ["missing-column.txt', line 1", "3 numbers follow the class"] },
        { "yolo/labels/empty.txt", [] },
        { "yolo/labels/blank-lines.txt", [] },
        { "yolo/labels/crlf.txt", [] },
        { "yolo/labels/decimal-comma.txt", ["decimal-comma.txt', line 1", "cx is '0,5'"] },
        { "yolo/labels/bom.txt", [] },
        { "voc/Annotations/ok.xml", [] },
        { "voc/Annotations/no-bndbox.xml", ["no-bndbox.xml', line 10", "object 0 ('RBC') has no <bndbox>"] },
        { "voc/Annotations/xxe.xml", ["xxe.xml', line 2", "DOCTYPE"] },
        { "coco/ok.json", [] },
        { "coco/dangling-category.json", ["dangling-category.json', line 25", "category_id"] },
        { "coco/dangling-image.json", ["dangling-image.json', line 25", "image_id"] },
        { "coco/truncated.json", ["truncated.json', line 14", "truncated"] },
    };

    public void Dispose() => _folder.Dispose();

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void Read_ByDefault_NamesWhatIsWrong(string file, string[] parts)
    {
        var exception = Record.Exception(() => Read(file, BadSampleHandling.Throw));

        if (parts.Length == 0)
            Assert.Null(exception);
        else
            Assert.IsAssignableFrom<FormatException>(exception);
        Assert.All(parts, part => Assert.Contains(part, exception!.Message, StringComparison.Ordinal));
    }

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void Read_BadSamplesSkipped_GoesOnAndReportsThem(string file, string[] parts)
    {
        if (file == "coco/truncated.json")
        {
            // Nothing of the set is left to go on with.
            var exception = Assert.Throws<DatasetFormatException>(() => Read(file, BadSampleHandling.Skip));
            Assert.All(parts, part => Assert.Contains(part, exception.Message, StringComparison.Ordinal));
            return;
        }

        var (images, report) = Read(file, BadSampleHandling.Skip);

        // Annotations of no image cost no image.
        Assert.Equal(parts.Length == 0 || file == "coco/dangling-image.json" ? 2 : 1, images);
        Assert.All(parts, part => Assert.Contains(part, report, StringComparison.Ordinal));
    }

    [SharedFact]
    public void Cases_OfTheFolder_AreAll()
    {
        var root = SharedFolder.Path("data", "broken");
        var files = new[] { "images", "yolo/labels", "voc/Annotations", "coco" }.SelectMany(folder => Directory.GetFiles(Path.Combine(root, folder)));

        var names = files.Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'));
        Assert.Equal(names.Order(StringComparer.Ordinal), Cases.Select(row => (string)row[0]).Order(StringComparer.Ordinal));
    }

    /// <summary>Reads the file as the trainer does, as a set of itself and a second image that is fine.</summary>
    private (int Images, string Report) Read(string file, BadSampleHandling handling)
    {
        var warnings = new List<string>();
        _mlContext.Log += (_, entry) => warnings.Add(entry.Message);
        var labelled = Load(file, handling);
        var data = SampleReading.Prepare(_mlContext, labelled);
        var reader = SampleReading.Reader(["RBC", "WBC", "Platelets"], badSampleHandling: handling);
        using var set = reader.Read(data, SampleReading.Cache());
        return (set.Samples.Count, string.Concat(warnings) + reader.BadSamples.Report("the data"));
    }

    private IDataView Load(string file, BadSampleHandling handling)
    {
        var root = SharedFolder.Path("data", "broken");
        var name = Path.GetFileNameWithoutExtension(file);
        switch (file.Split('/')[0])
        {
            case "images":
                return _mlContext.Data.LoadFromEnumerable(new[] { "images/ok.jpg", file }.Select(image =>
                    new LabelledRows.Row { ImagePath = Path.Combine(root, image), Label = ["RBC"], BoundingBoxes = [0, 0, 1, 1] }));
            case "yolo":
                Copy("yolo/images/ok.jpg", "images/second.jpg");
                Copy($"yolo/images/{name}.jpg", $"images/{name}.jpg");
                Copy(file, $"labels/{name}.txt");
                File.WriteAllText(_folder.File("data.yaml"), "names: [RBC, WBC, Platelets]\ntrain: images");
                return _mlContext.Data.LoadFromYoloDataset(_folder.Path, badSampleHandling: handling);
            case "voc":
                Copy("voc/JPEGImages/ok.jpg", "JPEGImages/second.jpg");
                Copy("voc/Annotations/ok.xml", "Annotations/second.xml");
                Copy($"voc/JPEGImages/{name}.jpg", $"JPEGImages/{name}.jpg");
                Copy(file, $"Annotations/{name}.xml");
                File.WriteAllText(_folder.File("ImageSets", "Main", "train.txt"), $"second\n{name}\n");
                Rewrite(_folder.File("Annotations", "second.xml"), "ok.jpg", "second.jpg");
                return _mlContext.Data.LoadFromPascalVoc(_folder.Path, badSampleHandling: handling);
            default:
                Copy("coco/images/ok.jpg", "ok.jpg");
                Copy("coco/images/ok.jpg", "second.jpg");
                Copy(file, name + ".json");
                Rewrite(_folder.File(name + ".json"), "\"images\": [", "\"images\": [{\"id\": 2, \"file_name\": \"second.jpg\"},");
                return _mlContext.Data.LoadFromCoco(_folder.File(name + ".json"), _folder.Path, handling);
        }
    }

    private static void Rewrite(string path, string from, string to)
        => File.WriteAllText(path, File.ReadAllText(path).Replace(from, to, StringComparison.Ordinal));

    private void Copy(string from, string to)
    {
        File.Copy(SharedFolder.Path(["data", "broken", .. from.Split('/')]), _folder.File(to.Split('/')), overwrite: true);
        File.SetAttributes(_folder.File(to.Split('/')), FileAttributes.Normal);
    }
}
