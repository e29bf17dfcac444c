using System.Text;
using Microsoft.ML;
using ML.Yolo.Abuse.Fuzzing.Mutations;
using ML.Yolo.Tests.Datasets;

namespace ML.Yolo.Abuse.Fuzzing.Targets;

/// <summary>Data sets: each file of each format in turn, the others whole.</summary>
internal static class DatasetTargets
{
    private static readonly MLContext MLContext = new();

    public static FuzzTarget Coco(string folder) => Target(
        Set(folder),
        "set.json",
        [
            Text("""
                {"images": [{"id": 1, "file_name": "images/a.png", "width": 40, "height": 20}],
                "annotations": [{"id": 1, "image_id": 1, "category_id": 2, "bbox": [1, 2.5, 3e0, 4], "iscrowd": 0, "segmentation": [[1, 2, 3, 4, 5, 6]]}],
                "categories": [{"id": 2, "name": "\u0061"}]}
                """),
            .. SharedSeeds.Of("data/broken/coco", "*.json"), .. SharedSeeds.Of("cases", "*coco*.json"),
            .. SharedSeeds.Of("data/bccd/coco", "*.json", 256 << 10),
        ],
        [JsonMutations.Change, TextMutations.Change],
        handling => MLContext.Data.LoadFromCoco(Path.Combine(folder, "set.json"), folder, handling));

    public static FuzzTarget Vott(string folder) => Target(
        Set(folder),
        "set.json",
        [
            Text("""
                {"tags": [{"name": "a"}], "assets": {"1": {
                "asset": {"name": "images/a.png", "path": "file:images/a.png", "size": {"width": 40, "height": 20}, "state": 2},
                "regions": [{"tags": ["a"], "boundingBox": {"left": 1, "top": 2, "width": 3, "height": 4}, "points": [{"x": 1, "y": 2}]}]}}}
                """),
            .. SharedSeeds.Of("data/bccd/vott", "*.json", 256 << 10),
        ],
        [JsonMutations.Change, TextMutations.Change],
        handling => MLContext.Data.LoadFromVott(Path.Combine(folder, "set.json"), handling));

    public static FuzzTarget Voc(string folder) => Target(
        Set(folder),
        "Annotations/a.xml",
        [
            Text("""
                <?xml version="1.0"?><annotation><filename>a.png</filename><size><width>40</width><height>20</height><depth>3</depth></size>
                <object><name>a</name><difficult>0</difficult><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object></annotation>
                """),
            .. SharedSeeds.Of("data/broken/voc", "*.xml"), .. SharedSeeds.Of("data/bccd/Annotations", "*.xml"), .. SharedSeeds.Of("cases", "*.xml"),
        ],
        [XmlMutations.Change, TextMutations.Change],
        handling => MLContext.Data.LoadFromPascalVoc(folder, badSampleHandling: handling));

    public static FuzzTarget VocSplit(string folder) => Target(
        Set(folder),
        "ImageSets/Main/train.txt",
        [Text("a\n"), Text("a 1\nb -1\n"), .. SharedSeeds.Of("data/bccd/ImageSets", "*.txt")],
        [TextMutations.Change],
        handling => MLContext.Data.LoadFromPascalVoc(folder, badSampleHandling: handling));

    public static FuzzTarget YoloLabels(string folder) => Target(
        Set(folder),
        "labels/a.txt",
        [
            Text("0 0.5 0.5 0.25 0.25\n1 0.1 0.1 0.2 0.1 0.2 0.2\r\n"), Text("0 0.5 0.5 0.25 0.25 0.4 0.4 2 0.5 0.5 1\n"),
            .. SharedSeeds.Of("data/coco128", "*.txt"), .. SharedSeeds.Of("data/broken/yolo", "*.txt"), .. SharedSeeds.Of("cases", "*.txt"),
        ],
        [TextMutations.Change],
        handling => MLContext.Data.LoadFromYoloDataset(folder, badSampleHandling: handling));

    public static FuzzTarget YoloYaml(string folder) => Target(
        Set(folder),
        "data.yaml",
        [
            Text("path: .\ntrain: [images]\nval: images\nnames:\n  0: a\n  1: 'b'\n"), Text("# c\nnc: 2\nnames: [a, b]\ntrain: list.txt\nkpt_shape: [2, 3]\n"),
            .. SharedSeeds.Of("cases", "*.yaml"), .. SharedSeeds.Of("data", "*.yaml"),
        ],
        [YamlMutations.Change, TextMutations.Change],
        handling => MLContext.Data.LoadFromYoloDataset(folder, badSampleHandling: handling));

    public static FuzzTarget YoloList(string folder)
    {
        File.WriteAllText(Path.Combine(Set(folder), "data.yaml"), "names: [a, b]\ntrain: list.txt\n");
        return Target(
            folder,
            "list.txt",
            [Text("./images/a.png\n"), Text("images/a.png\r\nimages/b.png\n"), .. SharedSeeds.Of("cases", "train*.txt")],
            [TextMutations.Change],
            handling => MLContext.Data.LoadFromYoloDataset(folder, badSampleHandling: handling));
    }

    private static FuzzTarget Target(
        string folder, string file, IReadOnlyList<byte[]> seeds, IReadOnlyList<Mutation> mutations, Func<BadSampleHandling, IDataView> load)
    {
        var path = Path.Combine(folder, file);
        return new FuzzTarget
        {
            Name = Path.GetFileName(folder),
            Seeds = seeds,
            Mutations = mutations,
            Documented = [typeof(DatasetFormatException), typeof(IOException)],
            Read = input =>
            {
                File.WriteAllBytes(path, input);
                var handling = input.Length % 2 == 0 ? BadSampleHandling.Throw : BadSampleHandling.Skip;
                Finite.Check(LabelledRows.Of(MLContext, load(handling)).SelectMany(row => row.BoundingBoxes), "Boxes");
            },
        };
    }

    /// <summary>The files that all formats need: two pictures, where each format looks for them.</summary>
    private static string Set(string folder)
    {
        foreach (var inner in new[] { "images", "JPEGImages", "Annotations", "labels", "ImageSets/Main" })
            Directory.CreateDirectory(Path.Combine(folder, inner));
        foreach (var picture in new[] { "images/a.png", "images/b.png", "JPEGImages/a.png" })
            LabelledRows.WritePicture(Path.Combine(folder, picture));
        File.WriteAllText(Path.Combine(folder, "ImageSets/Main/train.txt"), "a\n");
        File.WriteAllText(Path.Combine(folder, "Annotations/a.xml"), "<annotation><filename>a.png</filename></annotation>");
        File.WriteAllText(Path.Combine(folder, "data.yaml"), "names: [a, b]\ntrain: images\n");
        File.WriteAllText(Path.Combine(folder, "labels/a.txt"), "0 0.5 0.5 0.25 0.25\n");
        File.WriteAllText(Path.Combine(folder, "list.txt"), "images/a.png\n");
        return folder;
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
