using ML.Yolo.Boxes;
using ML.Yolo.Onnx.Scoring;
using ML.Yolo.Scoring;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Onnx;

/// <summary>Decoding on plain memory gives what the tensors give, for the predictions that may count.</summary>
public sealed class MapDecodingTests
{
    [Theory]
    [InlineData("V5", 0f)]
    [InlineData("V5", 0.3f)]
    [InlineData("V3", 0.3f)]
    [InlineData("V3", 1f)]
    public void AddLikely_RandomMap_GivesTheDecodedRowsAboveTheThreshold(string name, float threshold)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(7);
        BoxCoding coding = name == "V5" ? YoloV5BoxCoding.Instance : YoloV3BoxCoding.Instance;
        var map = randn([1, 2, 4, 6, 8]) * 6;
        var decoded = coding.Decode(map, tensor(new[,] { { 1f, 2f }, { 3f, 0.5f } }), 8)[0];
        var expected = decoded.index_select(0, (decoded.select(1, 4) > threshold).nonzero().squeeze(1));
        var rows = new List<float>();

        new MapDecoding(coding, [8], [[[8, 16], [24, 4]]]).AddLikely(map.data<float>().ToArray(), layer: 0, width: 6, channels: 8, threshold, rows);

        TensorAssert.Close(expected, tensor(rows.ToArray()).view(-1, 8), relative: 1e-4, absolute: 1e-4);
    }

    [Fact]
    public void GreedySuppression_NoRows_GivesNone() => Assert.Empty(GreedySuppression.Apply([], 8, new NmsOptions()));
}
