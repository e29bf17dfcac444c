using System.Text.Json;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Networks;

/// <summary>Every network of the family against the reference's numbers: what <c>YoloArchitecture</c> describes is what Ultralytics builds.</summary>
public sealed class ArchitectureTableTests(ArchitectureTableTests.Built built) : IClassFixture<ArchitectureTableTests.Built>
{
    /// <summary>Name, parameters with 80 classes, tensors in the state, billions of operations at 640 × 640, strides.</summary>
    public static TheoryData<string, long, int, string, int[]> Table => new()
    {
        { "yolov5n", 1_872_157, 349, "4.5", [8, 16, 32] },
        { "yolov5s", 7_235_389, 349, "16.4", [8, 16, 32] },
        { "yolov5m", 21_190_557, 481, "48.9", [8, 16, 32] },
        { "yolov5l", 46_563_709, 613, "109.0", [8, 16, 32] },
        { "yolov5x", 86_749_405, 745, "205.4", [8, 16, 32] },
        { "yolov5n6", 3_246_940, 459, "4.6", [8, 16, 32, 64] },
        { "yolov5s6", 12_626_620, 459, "16.8", [8, 16, 32, 64] },
        { "yolov5m6", 35_731_932, 627, "49.9", [8, 16, 32, 64] },
        { "yolov5l6", 76_770_172, 795, "111.2", [8, 16, 32, 64] },
        { "yolov5x6", 140_794_780, 963, "209.6", [8, 16, 32, 64] },
        { "yolov3", 61_949_149, 439, "155.9", [8, 16, 32] },
        { "yolov3-spp", 62_998_749, 445, "156.7", [8, 16, 32] },
        { "yolov3-tiny", 8_852_366, 71, "13.2", [16, 32] },
        { "yolov5nu", 2_654_816, 427, "7.7", [8, 16, 32] },
        { "yolov5su", 9_153_152, 427, "24.0", [8, 16, 32] },
        { "yolov5mu", 25_111_456, 559, "64.2", [8, 16, 32] },
        { "yolov5lu", 53_225_024, 691, "135.0", [8, 16, 32] },
        { "yolov5xu", 97_276_448, 823, "246.4", [8, 16, 32] },
        { "yolov8n", 3_157_200, 355, "8.7", [8, 16, 32] },
        { "yolov8s", 11_166_560, 355, "28.6", [8, 16, 32] },
        { "yolov8m", 25_902_640, 475, "78.9", [8, 16, 32] },
        { "yolov8l", 43_691_520, 595, "165.1", [8, 16, 32] },
        { "yolov8x", 68_229_648, 595, "257.8", [8, 16, 32] },
        { "yolo11n", 2_624_080, 499, "6.5", [8, 16, 32] },
        { "yolo11s", 9_458_752, 499, "21.5", [8, 16, 32] },
        { "yolo11m", 20_114_688, 649, "68.0", [8, 16, 32] },
        { "yolo11l", 25_372_160, 1015, "86.9", [8, 16, 32] },
        { "yolo11x", 56_966_176, 1015, "194.9", [8, 16, 32] },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Create_EightyClasses_HasTheKnownParametersTensorsOperationsAndStrides(string name, long parameters, int tensors, string gigaflops, int[] strides)
    {
        var network = built.Networks[name];

        Assert.Equal((parameters, tensors), (network.Parameters, network.State.Count));
        Assert.Equal(strides, network.Strides);
        Assert.Contains($"{name}: {parameters:N0} parameters, {gigaflops} GFLOPs for an image of 640 × 640 pixels, 80 classes", network.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void All_TheTable_CoversEveryArchitecture()
        => Assert.Equal(YoloArchitecture.All.Select(architecture => architecture.Name), Table.Select(row => (string)row[0]));

    [SharedTheory]
    [InlineData("architectures.json")]
    [InlineData("architectures-anchor-free.json")]
    public void Create_EveryReferenceArchitecture_HasItsParametersTensorsStridesAndAnchors(string file)
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Path("golden", "network", file)));

        foreach (var reference in golden.RootElement.EnumerateObject())
        {
            var network = Network(reference.Name);

            Assert.Equal(reference.Value.GetProperty("parameters").GetInt64(), network.Parameters);
            Assert.Equal(reference.Value.GetProperty("tensors").GetInt32(), network.State.Count);
            Assert.Equal(reference.Value.GetProperty("strides").EnumerateArray().Select(stride => stride.GetInt32()), network.Strides);
            Assert.Equal(reference.Value.TryGetProperty("anchorsPixels", out var anchors) ? Flat(anchors) : [], network.AnchorsInPixels);
        }
    }

    [SharedTheory]
    [InlineData("state-names.json")]
    [InlineData("state-names-anchor-free.json")]
    public void Create_EveryReferenceArchitecture_HasItsStateNamesAndShapes(string file)
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Path("golden", "network", file)));

        foreach (var reference in golden.RootElement.EnumerateObject())
        {
            var expected = reference.Value.EnumerateObject().Select(entry => $"{entry.Name} ({string.Join(", ", entry.Value.EnumerateArray())})");

            Assert.Equal(expected.Order(), Network(reference.Name).State.Order());
        }
    }

    /// <summary>With 80 classes, or with three where the name ends so.</summary>
    private Facts Network(string name) => name.Split("-nc3") is [var family, ""] ? Built.Measure(YoloArchitecture.Parse(family), classCount: 3) : built.Networks[name];

    private static IEnumerable<float> Flat(JsonElement element)
        => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().SelectMany(Flat) : [element.GetSingle()];

    /// <summary>Each network is built once: the largest takes seconds.</summary>
    public sealed class Built
    {
        internal IReadOnlyDictionary<string, Facts> Networks { get; } = YoloArchitecture.All.ToDictionary(architecture => architecture.Name, architecture => Measure(architecture, classCount: 80));

        internal static Facts Measure(YoloArchitecture architecture, int classCount)
        {
            using var scope = NewDisposeScope();
            using var network = YoloNetwork.Create(architecture, classCount);
            var anchors = network.Anchors is { } cells ? cells * tensor(network.Strides.Select(stride => (float)stride).ToArray()).view(-1, 1, 1) : zeros(0);
            return new Facts(
                network.parameters().Sum(parameter => parameter.numel()),
                [.. network.state_dict().Select(entry => $"{entry.Key} ({string.Join(", ", entry.Value.shape)})")],
                [.. network.Strides],
                anchors.data<float>().ToArray(),
                network.Summary());
        }
    }

    internal sealed record Facts(long Parameters, IReadOnlyList<string> State, int[] Strides, float[] AnchorsInPixels, string Summary);
}
