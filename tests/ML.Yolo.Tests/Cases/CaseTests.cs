using Microsoft.ML;
using ML.Yolo.Tests.Datasets;

namespace ML.Yolo.Tests.Cases;

/// <summary>Situations that people have, each with its right outcome: of contents drawn here, and of the shared folder where it is there.</summary>
public sealed class CaseTests
{
    private static readonly Dictionary<string, Action<Case>> Outcomes = new()
    {
        ["add-split"] = AddSplit,
        ["appledouble"] = AppleDouble,
        ["backslash"] = BackSlash,
        ["class-decimal"] = ClassDecimal,
        ["coco-bad-annotation"] = CocoBadAnnotation,
        ["coco-ids"] = CocoIds,
        ["duplicate-names"] = DuplicateNames,
        ["empty-keys"] = EmptyKeys,
        ["no-labels-found"] = NoLabelsFound,
        ["pose"] = Pose,
        ["roboflow"] = Roboflow,
        ["scoring-bad-image"] = ScoringBadImage,
        ["split-messages"] = SplitMessages,
        ["tiny-objects"] = TinyObjects,
        ["truncated-bmp"] = TruncatedBmp,
        ["voc-difficult"] = VocDifficult,
        ["voc-empty-xml"] = VocEmptyXml,
        ["voc-extension"] = VocExtension,
        ["voc-filename"] = VocFilename,
        ["voc-spaces"] = VocSpaces,
        ["yaml-encoding-1252"] = YamlEncoding,
    };

    // Tested where what they are about is: weights, and training.
    private static readonly string[] Elsewhere = ["resume-classes", "weights-extra", "zero-steps"];

    public static TheoryData<string> Names => [.. Outcomes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Case_DrawnHere_HasItsOutcome(string name)
    {
        using var folder = CaseFolder.Draw(name);

        Outcomes[name](new Case(folder));
    }

    [SharedTheory]
    [MemberData(nameof(Names))]
    public void Case_OfTheSharedFolder_HasItsOutcome(string name)
    {
        using var folder = CaseFolder.Copy(name);

        Outcomes[name](new Case(folder));
    }

    [SharedFact]
    public void Cases_OfTheSharedFolder_AreAll()
    {
        var folders = Directory.GetDirectories(SharedFolder.Path("cases")).Select(Path.GetFileName);

        Assert.Equal(folders.Order(StringComparer.Ordinal), Outcomes.Keys.Concat(Elsewhere).Order(StringComparer.Ordinal));
    }

    private static void AddSplit(Case it)
    {
        var before = File.ReadAllText(it.Folder.File("data.yaml"));

        it.MLContext.Data.SaveAsYoloDataset(it.Yolo("train"), it.Folder.Path, "test");

        Assert.Equal(before + "test: images/test\n", File.ReadAllText(it.Folder.File("data.yaml")));
        foreach (var split in new[] { "train", "val", "test" })
        {
            Assert.Equal("green", Assert.Single(Assert.Single(it.Rows(it.Yolo(split))).Label));
            Assert.Equal(["red", "green"], it.MLContext.Data.GetClassNames(it.Yolo(split)));
        }
    }

    private static void AppleDouble(Case it)
    {
        var row = Assert.Single(it.Rows(it.Yolo("train")));

        Assert.Equal(("x.jpg", "a"), (row.Name, Assert.Single(row.Label)));
    }

    private static void BackSlash(Case it)
    {
        foreach (var split in new[] { "train", "val", "test" })
        {
            var rows = it.Rows(it.Yolo(split));

            Assert.Equal(["x.jpg", "y.jpg"], rows.Select(row => row.Name));
            Assert.All(rows, row => Assert.Equal(["a"], row.Label));
        }
    }

    private static void ClassDecimal(Case it)
    {
        Assert.Equal(["b", "a"], Assert.Single(it.Rows(it.Yolo("train"))).Label);
        File.WriteAllText(it.Folder.File("labels/x.txt"), "0 0.5 0.5 0.2 0.2\n0.5 0.5 0.5 0.2 0.2\n");

        var exception = Assert.Throws<DatasetFormatException>(() => it.Rows(it.Yolo("train")));

        Assert.Contains("line 2: class is '0.5'; a whole number from 0 to 1 was expected", exception.Message, StringComparison.Ordinal);
    }

    private static void CocoBadAnnotation(Case it)
    {
        var good = File.ReadAllText(it.Folder.File("c.json"));
        Assert.Contains("\"bbox\":[]", good, StringComparison.Ordinal);
        string[] wrong = ["\"bbox\":null", "\"score\":1", "\"bbox\":[1,2,3]", "\"bbox\":[1,2,3,4,5]", "\"bbox\":[1,\"2\",3,4]", "\"bbox\":\"none\"",
            "\"bbox\":[1,1,-9,9]", "\"bbox\":[1,1,1e300,9]", "\"bbox\":{}", "\"iscrowd\":\"0\",\"bbox\":[1,1,9,9]", "\"bbox\":[]"];
        foreach (var text in wrong)
        {
            File.WriteAllText(it.Folder.File("c.json"), good.Replace("\"bbox\":[]", text, StringComparison.Ordinal));
            it.Warnings.Clear();

            var exception = Assert.Throws<DatasetFormatException>(() => it.Rows(it.Coco()));
            Assert.Contains("c.json', line 3: annotation 2", exception.Message, StringComparison.Ordinal);
            Assert.Equal(["1.jpg", "3.jpg"], it.Rows(it.Coco(BadSampleHandling.Skip)).Select(row => row.Name));
            Assert.Contains(it.Warnings, warning => warning.Contains("1 bad sample", StringComparison.Ordinal) && warning.Contains("annotation 2", StringComparison.Ordinal));
        }

        var sizeless = good.Replace("\"bbox\":[]", "\"bbox\":[1,1,9,9]", StringComparison.Ordinal).Replace("2.jpg\", \"width\": 64", "2.jpg\", \"width\": null", StringComparison.Ordinal);
        File.WriteAllText(it.Folder.File("c.json"), sizeless);
        Assert.Contains("image 2: 'width' is null", Assert.Throws<DatasetFormatException>(() => it.Rows(it.Coco())).Message, StringComparison.Ordinal);
        Assert.Equal(["1.jpg", "3.jpg"], it.Rows(it.Coco(BadSampleHandling.Skip)).Select(row => row.Name));
    }

    private static void CocoIds(Case it)
    {
        var good = File.ReadAllText(it.Folder.File("c.json"));
        foreach (var id in new[] { "1.0", "\"1\"", "1e0", "\"1.0\"" })
        {
            File.WriteAllText(it.Folder.File("c.json"), good.Replace("\"image_id\":1.0", $"\"image_id\":{id}", StringComparison.Ordinal));

            Assert.Equal([1, 0, 0], it.Rows(it.Coco()).Select(row => row.Label.Length));
        }
    }

    private static void DuplicateNames(Case it)
    {
        var yaml = Assert.Throws<DatasetFormatException>(() => it.Yolo("train"));
        var coco = Assert.Throws<DatasetFormatException>(() => it.MLContext.Data.LoadFromCoco(it.Folder.File("coco.json"), it.Folder.File("images")));

        Assert.Contains("line 2: the classes 0 (line 2) and 2 are both named 'red'", yaml.Message, StringComparison.Ordinal);
        Assert.Contains("the categories 0 (line 1) and 1 are both named 'cells'", coco.Message, StringComparison.Ordinal);
    }

    private static void EmptyKeys(Case it)
    {
        var data = SampleReading.Prepare(it.MLContext, it.Yolo("train"));

        var exception = Assert.Throws<InvalidOperationException>(() => it.MLContext.MulticlassClassification.Trainers.Yolo(Training.TinyRun.Options()).Fit(data));

        Assert.Contains("The training data has 4 images and no object", exception.Message, StringComparison.Ordinal);
    }

    private static void NoLabelsFound(Case it)
    {
        Assert.Equal(["red", "green", "red", "green", "red", "green"], it.Rows(it.Yolo("train")).SelectMany(row => row.Label));
        Assert.Equal(["red", "green", "red", "green", "red", "green"], it.Rows(it.Yolo("val")).SelectMany(row => row.Label));
        foreach (var file in Directory.GetFiles(it.Folder.File("Labels")))
            File.Delete(file);

        var exception = Assert.Throws<DatasetFormatException>(() => it.Yolo("train"));

        Assert.Contains("none of the 6 images of the split 'train' has a label file", exception.Message, StringComparison.Ordinal);
        Assert.Contains(it.Folder.File("Labels/0.txt"), exception.Message, StringComparison.Ordinal);
    }

    private static void Pose(Case it)
    {
        var row = Assert.Single(it.Rows(it.Yolo("train")));

        Assert.Equal(["a"], row.Label);
        Assert.Equal([40, 40, 60, 60], row.BoundingBoxes.Select(value => MathF.Round(value, 3)));
        Assert.Contains(it.Warnings, warning => warning.Contains("key points, which are passed over: the box of each object is taken: 1", StringComparison.Ordinal));
        var summary = it.MLContext.Data.SummarizeDetections(it.Yolo("train"));
        Assert.Contains("key points", Assert.Single(summary.Remarks), StringComparison.Ordinal);
    }

    private static void Roboflow(Case it)
    {
        foreach (var split in new[] { "train", "val", "test" })
            Assert.Equal("green", Assert.Single(Assert.Single(it.Rows(it.Yolo(split))).Label));
        Assert.Contains(it.Warnings, warning => warning.Contains("'../train/images'", StringComparison.Ordinal));
    }

    private static void ScoringBadImage(Case it)
    {
        var good = it.Folder.File("images/000.jpg");
        using var model = Training.TinyRun.Fit(new MLContext(seed: 1), Training.TinyRun.Options(epochs: 1));
        foreach (var bad in new[] { "cut.jpg", "text.jpg", "zero.jpg" }.Select(name => it.Folder.File(name)))
            new BadImageScoring(it, model).Check(good, bad);
    }

    private static void SplitMessages(Case it)
    {
        var exception = Assert.Throws<DatasetFormatException>(() => it.Yolo("train"));
        Assert.Contains("train names a picture; a folder, a list of folders or a text file was expected", exception.Message, StringComparison.Ordinal);

        File.WriteAllText(it.Folder.File("data.yaml"), "names: [a]\ntrain: images\nvalid: images");
        exception = Assert.Throws<DatasetFormatException>(() => it.Yolo("val"));
        Assert.Contains("there is no split 'val'; there are 'train', 'valid'. 'valid' may be what is meant", exception.Message, StringComparison.Ordinal);

        File.WriteAllText(it.Folder.File("data.yaml"), "names: [a]\nnc: 1");
        exception = Assert.Throws<DatasetFormatException>(() => it.Yolo("train"));
        Assert.Contains("there is no split at all", exception.Message, StringComparison.Ordinal);
    }

    private static void TinyObjects(Case it)
    {
        var data = SampleReading.Prepare(it.MLContext, it.Yolo("train"));
        using var set = SampleReading.Reader(["a"]).Read(data, SampleReading.Cache());

        var text = set.DescribeTooSmall(minSide: 2, imageSize: 64);

        Assert.StartsWith("80 of 80 objects are not larger than 2 pixels where images are scaled to 64 (the median of them is 1.28)", text, StringComparison.Ordinal);
        Assert.Contains("With an image size of 128 all would be larger", text, StringComparison.Ordinal);
        Assert.Null(set.DescribeTooSmall(minSide: 1, imageSize: 64));
    }

    private static void TruncatedBmp(Case it)
    {
        var data = SampleReading.Prepare(it.MLContext, it.Yolo("train"));

        var exception = Assert.Throws<FormatException>(() => SampleReading.Reader(["red", "green"]).Read(data, SampleReading.Cache()));
        Assert.Contains("x.bmp' is truncated: its data ends before the picture does", exception.Message, StringComparison.Ordinal);
        var reader = SampleReading.Reader(["red", "green"], badSampleHandling: BadSampleHandling.Skip);
        using var set = reader.Read(data, SampleReading.Cache());
        Assert.Equal((1, 1), (set.Samples.Count, reader.BadSamples.Count));
    }

    private static void VocDifficult(Case it)
    {
        Assert.Equal(["a"], Assert.Single(it.Rows(it.Voc())).Label);
        var xml = File.ReadAllText(it.Folder.File("Annotations/x.xml"));
        foreach (var (word, objects) in new[] { ("True", 0), ("true", 0), ("1", 0), ("1.0", 0), ("0", 1), ("False", 1), ("no", 1), ("", 1) })
        {
            File.WriteAllText(it.Folder.File("Annotations/x.xml"), xml.Replace("Unspecified", word, StringComparison.Ordinal));

            Assert.Equal(objects, Assert.Single(it.Rows(it.Voc())).Label.Length);
        }
    }

    private static void VocEmptyXml(Case it)
    {
        var exception = Assert.Throws<DatasetFormatException>(() => it.Rows(it.Voc()));
        Assert.Contains("the file is empty", exception.Message, StringComparison.Ordinal);

        File.WriteAllText(it.Folder.File("Annotations/x.xml"), " \n\t");
        exception = Assert.Throws<DatasetFormatException>(() => it.Rows(it.Voc()));
        Assert.Contains("empty but for white space", exception.Message, StringComparison.Ordinal);

        File.WriteAllBytes(it.Folder.File("Annotations/x.xml"), [.. "<annotation>\n<filename>caf"u8, 0xE9, .. "</filename></annotation>"u8]);
        exception = Assert.Throws<DatasetFormatException>(() => it.Rows(it.Voc()));
        Assert.Contains("line 2: at byte 26 of the file, byte 0xE9 is not UTF-8", exception.Message, StringComparison.Ordinal);

        using (var large = File.Create(it.Folder.File("Annotations/x.xml")))
            large.SetLength((1L << 26) + 1);
        exception = Assert.Throws<DatasetFormatException>(() => it.Rows(it.Voc()));
        Assert.Contains("the file is 67108865 bytes long; at most 67108864", exception.Message, StringComparison.Ordinal);
    }

    private static void VocExtension(Case it)
    {
        Assert.Equal("IMG_1.JPG", Assert.Single(it.Rows(it.Voc())).Name);
        var xml = File.ReadAllText(it.Folder.File("Annotations/IMG_1.xml"));
        foreach (var name in new[] { "IMG_1.jpg", "img_1.jpg", @"C:\Users\me\IMG_1.JPG", "/home/me/pictures/IMG_1.jpeg", "" })
        {
            File.WriteAllText(it.Folder.File("Annotations/IMG_1.xml"), xml.Replace("<filename>IMG_1</filename>", $"<filename>{name}</filename>", StringComparison.Ordinal));

            Assert.Equal("IMG_1.JPG", Assert.Single(it.Rows(it.Voc())).Name);
        }
    }

    private static void VocFilename(Case it)
    {
        Assert.Equal(["a.jpg", "b.jpg"], it.Rows(it.Voc()).Select(row => row.Name));
        Assert.Contains(it.Warnings, warning => warning.Contains("name another image than their own name does, which decides: 1", StringComparison.Ordinal)
            && warning.Contains("b.xml' with 'a.jpg'", StringComparison.Ordinal));
    }

    private static void VocSpaces(Case it)
        => Assert.Equal(["my cell 1.jpg", "my cell 2.jpg"], it.Rows(it.Voc()).Select(row => row.Name));

    private static void YamlEncoding(Case it)
    {
        var exception = Assert.Throws<DatasetFormatException>(() => it.Yolo("train"));

        Assert.Contains("line 2: at byte 25 of the file, byte 0xE9 is not UTF-8", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>A folder and what is loaded of it.</summary>
    internal sealed class Case
    {
        public Case(CaseFolder folder)
        {
            Folder = folder;
            MLContext.Log += (_, entry) => Warnings.Add(entry.Message);
        }

        public CaseFolder Folder { get; }

        public MLContext MLContext { get; } = new(seed: 1);

        public List<string> Warnings { get; } = [];

        public IDataView Yolo(string split) => MLContext.Data.LoadFromYoloDataset(Folder.Path, split);

        public IDataView Coco(BadSampleHandling handling = BadSampleHandling.Throw) => MLContext.Data.LoadFromCoco(Folder.File("c.json"), Folder.File("images"), handling);

        public IDataView Voc() => MLContext.Data.LoadFromPascalVoc(Folder.Path);

        public List<LabelledRows.Row> Rows(IDataView data) => LabelledRows.Of(MLContext, data);
    }
}
