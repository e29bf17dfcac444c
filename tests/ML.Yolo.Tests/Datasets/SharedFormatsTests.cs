using Microsoft.ML;

namespace ML.Yolo.Tests.Datasets;

/// <summary>Sets that are there in several formats load with equal boxes from each.</summary>
public sealed class SharedFormatsTests
{
    private readonly MLContext _mlContext = new();

    [SharedTheory]
    [InlineData("train", 205, 2805)]
    [InlineData("val", 87, 1138)]
    [InlineData("test", 72, 945)]
    public void LoadFromCoco_Bccd_EqualsPascalVoc(string split, int images, int boxes)
    {
        var voc = Rows(_mlContext.Data.LoadFromPascalVoc(SharedFolder.Path("data", "bccd"), split));
        var json = SharedFolder.Path("data", "bccd", "coco", split + ".json");
        var coco = Rows(_mlContext.Data.LoadFromCoco(json, SharedFolder.Path("data", "bccd", "JPEGImages")));

        Assert.Equal((images, boxes), (voc.Count, voc.Sum(row => row.Label.Length)));
        LabelledRows.AssertEqual(voc, coco);
    }

    [SharedFact]
    public void LoadFromVott_Bccd_EqualsPascalVoc()
    {
        var voc = Rows(_mlContext.Data.LoadFromPascalVoc(SharedFolder.Path("data", "bccd"), "val"));
        var vott = Rows(_mlContext.Data.LoadFromVott(SharedFolder.Path("data", "bccd", "vott", "bccd-export.json")));

        Assert.Equal(1138, vott.Sum(row => row.Label.Length));
        LabelledRows.AssertEqual(voc, vott);
    }

    [SharedFact]
    public void GetClassNames_Bccd_IsEachFormatsOwnOrder()
    {
        var voc = _mlContext.Data.LoadFromPascalVoc(SharedFolder.Path("data", "bccd"), "val");
        var coco = _mlContext.Data.LoadFromCoco(SharedFolder.Path("data", "bccd", "coco", "val.json"), SharedFolder.Path("data", "bccd", "JPEGImages"));
        var vott = _mlContext.Data.LoadFromVott(SharedFolder.Path("data", "bccd", "vott", "bccd-export.json"));

        Assert.Equal(["Platelets", "RBC", "WBC"], _mlContext.Data.GetClassNames(voc));
        Assert.Equal(["RBC", "WBC", "Platelets"], _mlContext.Data.GetClassNames(coco));
        Assert.Equal(["RBC", "WBC", "Platelets"], _mlContext.Data.GetClassNames(vott));
    }

    [SharedFact]
    public void GetClassNames_Coco128_HasTheClassesWithoutObjectsToo()
        => Assert.Equal(80, _mlContext.Data.GetClassNames(_mlContext.Data.LoadFromYoloDataset(SharedFolder.Path("data", "coco128"))).Count);

    private List<LabelledRows.Row> Rows(IDataView data) => [.. LabelledRows.Of(_mlContext, data).OrderBy(row => row.Name, StringComparer.Ordinal)];
}
