using System.Globalization;
using System.Text.Json;
using ML.Yolo.Tests.Networks;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Scoring;

public sealed class NonMaxSuppressionTests
{
    [SharedTheory]
    [InlineData("case0")]
    [InlineData("case1")]
    [InlineData("case2")]
    [InlineData("case3")]
    public void Apply_GoldenCase_GivesTheReferenceRows(string name)
    {
        using var scope = NewDisposeScope();
        var path = SharedFolder.Path("golden", "nms", name + ".safetensors");
        var golden = Safetensors.Load(path);

        var results = NonMaxSuppression.Apply(DecodedLayout.Split(golden["decoded"]), Options(path));

        Assert.Equal(golden.Keys.Count(key => key.StartsWith("image", StringComparison.Ordinal)), results.Count);
        Assert.NotEqual(0, results.Sum(result => result.Rows.shape[0]));
        for (var i = 0; i < results.Count; i++)
            TensorAssert.Close(golden[$"image{i}"], results[i].Rows, relative: 1e-6, absolute: 1e-4);
    }

    [SharedTheory]
    [InlineData("anchor-free-case0")]
    [InlineData("anchor-free-case1")]
    [InlineData("anchor-free-case2")]
    public void Apply_GoldenCaseWithoutObjectness_GivesTheReferenceRows(string name)
    {
        using var scope = NewDisposeScope();
        var path = SharedFolder.Path("golden", "nms", name + ".safetensors");
        var golden = Safetensors.Load(path);
        var decoded = golden["decoded"].transpose(1, 2);                                  // (B, N, 4 + C)

        var results = NonMaxSuppression.Apply(new Predictions(decoded.narrow(2, 0, 4), decoded.narrow(2, 4, 6)), Options(path));

        for (var i = 0; i < results.Count; i++)
            TensorAssert.Close(golden[$"image{i}"], results[i].Rows, relative: 1e-6, absolute: 1e-4);
    }

    [Fact]
    public void Apply_TwoBoxesOfOneClassOverlap_KeepsTheMoreConfident()
    {
        using var scope = NewDisposeScope();
        var decoded = tensor(new float[,,] { { { 50, 50, 20, 20, 0.6f, 1 }, { 51, 50, 20, 20, 0.9f, 1 }, { 90, 90, 10, 10, 0.5f, 1 } } });

        var rows = NonMaxSuppression.Apply(DecodedLayout.Split(decoded), new NmsOptions())[0].Rows;

        TensorAssert.Close(tensor(new[,] { { 41, 40, 61, 60, 0.9f, 0 }, { 85, 85, 95, 95, 0.5f, 0 } }), rows, 0, 1e-5);
    }

    [Fact]
    public void Apply_TwoBoxesOfTwoClassesOverlap_KeepsBothUnlessClassAgnostic()
    {
        using var scope = NewDisposeScope();
        var decoded = tensor(new float[,,] { { { 50, 50, 20, 20, 0.6f, 1, 0 }, { 51, 50, 20, 20, 0.9f, 0, 1 } } });

        Assert.Equal(2, NonMaxSuppression.Apply(DecodedLayout.Split(decoded), new NmsOptions())[0].Rows.shape[0]);
        Assert.Equal(1, NonMaxSuppression.Apply(DecodedLayout.Split(decoded), new NmsOptions { ClassAgnostic = true })[0].Rows.shape[0]);
    }

    [Fact]
    public void Apply_SomePredictionsDropped_NamesThoseThatStay()
    {
        using var scope = NewDisposeScope();
        var decoded = tensor(new float[,,] { { { 50, 50, 20, 20, 0.6f, 1 }, { 90, 90, 10, 10, 0.5f, 1 }, { 51, 50, 20, 20, 0.9f, 1 } } });

        var indices = NonMaxSuppression.Apply(DecodedLayout.Split(decoded), new NmsOptions())[0].Indices;

        Assert.Equal([2L, 1L], indices.data<long>().ToArray());
    }

    [Fact]
    public void Apply_NothingConfident_GivesNoRows()
    {
        using var scope = NewDisposeScope();

        var rows = NonMaxSuppression.Apply(new Predictions(zeros(1, 10, 4), zeros(1, 10, 2)), new NmsOptions())[0].Rows;

        Assert.Equal([0, 6], rows.shape);
    }

    private static NmsOptions Options(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        using var header = JsonDocument.Parse(reader.ReadBytes((int)reader.ReadUInt64()));
        var settings = header.RootElement.GetProperty("__metadata__");
        var classes = Text("classes");
        return new NmsOptions
        {
            ScoreThreshold = float.Parse(Text("scoreThreshold"), CultureInfo.InvariantCulture),
            IouThreshold = float.Parse(Text("iouThreshold"), CultureInfo.InvariantCulture),
            MultiLabel = bool.Parse(Text("multiLabel")),
            ClassAgnostic = bool.Parse(Text("classAgnostic")),
            MaxDetections = int.Parse(Text("maxDetections"), CultureInfo.InvariantCulture),
            Classes = classes == "all" ? null : [.. classes.Trim('[', ']').Split(',').Select(index => int.Parse(index, CultureInfo.InvariantCulture))],
        };

        string Text(string name) => settings.GetProperty(name).GetString()!;
    }
}
