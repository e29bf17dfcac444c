using System.Text;
using CsCheck;
using Microsoft.ML;

namespace ML.Yolo.Tests.Datasets;

/// <summary>Files damaged at random are read or refused by name; nothing else happens.</summary>
public sealed class DamagedFilesTests : IDisposable
{
    private static readonly Gen<(int Kind, int Position, byte Value)> Damage = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 100_000], Gen.Byte);

    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();

    public DamagedFilesTests()
    {
        LabelledRows.WritePicture(_folder.File("images", "a.png"));
        LabelledRows.WritePicture(_folder.File("JPEGImages", "a.png"));
        File.WriteAllText(_folder.File("ImageSets", "Main", "train.txt"), "a\n");
        Directory.CreateDirectory(_folder.File("Annotations"));
        Directory.CreateDirectory(_folder.File("labels"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LoadFromCoco_Damaged_IsReadOrRefused()
        => Check(
            "set.json",
            """
            {"images": [{"id": 1, "file_name": "images/a.png", "width": 40, "height": 20}],
            "annotations": [{"id": 1, "image_id": 1, "category_id": 2, "bbox": [1, 2.5, 3e0, 4], "iscrowd": 0}], "categories": [{"id": 2, "name": "\u0061"}]}
            """,
            () => _mlContext.Data.LoadFromCoco(_folder.File("set.json"), _folder.Path));

    [Fact]
    public void LoadFromVott_Damaged_IsReadOrRefused()
        => Check(
            "set.json",
            """
            {"tags": [{"name": "a"}], "assets": {"1": {
            "asset": {"name": "images/a.png", "path": "file:images/a.png", "size": {"width": 40, "height": 20}, "state": 2},
            "regions": [{"tags": ["a"], "boundingBox": {"left": 1, "top": 2, "width": 3, "height": 4}}]}}}
            """,
            () => _mlContext.Data.LoadFromVott(_folder.File("set.json")));

    [Fact]
    public void LoadFromPascalVoc_Damaged_IsReadOrRefused()
        => Check(
            "Annotations/a.xml",
            """
            <?xml version="1.0"?><annotation><filename>a.png</filename><size><width>40</width><height>20</height></size>
            <object><name>a</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object></annotation>
            """,
            () => _mlContext.Data.LoadFromPascalVoc(_folder.Path));

    [Fact]
    public void LoadFromYoloDataset_DamagedLabels_AreReadOrRefused()
    {
        File.WriteAllText(_folder.File("data.yaml"), "names: [a, b]\ntrain: images");
        Check("labels/a.txt", "0 0.5 0.5 0.25 0.25\n1 0.1 0.1 0.2 0.1 0.2 0.2\r\n", () => _mlContext.Data.LoadFromYoloDataset(_folder.Path));
    }

    [Fact]
    public void LoadFromYoloDataset_DamagedYaml_IsReadOrRefused()
        => Check("data.yaml", "path: .\ntrain: [images]\nval: images\nnames:\n  0: a\n  1: 'b'\n", () => _mlContext.Data.LoadFromYoloDataset(_folder.Path));

    [Fact]
    public void LoadFromYoloDataset_BracketsByTheHundredThousand_AreRefusedInsteadOfEndingTheProcess()
    {
        File.WriteAllText(_folder.File("data.yaml"), "names: " + new string('[', 200_000));

        var exception = Assert.Throws<DatasetFormatException>(() => _mlContext.Data.LoadFromYoloDataset(_folder.Path));

        Assert.Contains("data.yaml', line 1: not valid YAML: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadFromPascalVoc_ElementsByTheHundredThousand_AreRefusedInsteadOfHanging()
    {
        File.WriteAllText(_folder.File("Annotations", "a.xml"), "<annotation>" + string.Concat(Enumerable.Repeat("<a>", 200_000)));

        var exception = Assert.Throws<DatasetFormatException>(() => LabelledRows.Of(_mlContext, _mlContext.Data.LoadFromPascalVoc(_folder.Path)));

        Assert.Contains("a.xml', line 1: elements lie more than 32 deep", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadFromCoco_BracketsByTheHundredThousand_AreRefused()
    {
        File.WriteAllText(_folder.File("set.json"), "{\"info\": " + new string('[', 200_000));

        var exception = Assert.Throws<DatasetFormatException>(() => _mlContext.Data.LoadFromCoco(_folder.File("set.json"), _folder.Path));

        Assert.Contains("set.json', line 1: not valid JSON", exception.Message, StringComparison.Ordinal);
    }

    private void Check(string name, string content, Func<IDataView> load)
        => Damage.Array[1, 4].Sample(
            damages =>
            {
                File.WriteAllBytes(_folder.File(name.Split('/')), damages.Aggregate(Encoding.UTF8.GetBytes(content), Apply));
                var exception = Record.Exception(() => LabelledRows.Of(_mlContext, load()));
                Assert.True(exception is null or DatasetFormatException or IOException, exception?.ToString());
            },
            iter: 200,
            threads: 1);

    /// <summary>Changes a byte, cuts the end off, or doubles a part.</summary>
    private static byte[] Apply(byte[] bytes, (int Kind, int Position, byte Value) damage)
    {
        if (bytes.Length == 0)
            return bytes;
        var position = damage.Position % bytes.Length;
        switch (damage.Kind)
        {
            case 0:
                bytes[position] = damage.Value;
                return bytes;
            case 1:
                return bytes[..position];
            default:
                return [.. bytes[..position], .. bytes[(position / 2)..]];
        }
    }
}
