using ML.Yolo.Boxes;
using ML.Yolo.Networks;
using ML.Yolo.Scoring;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Networks;

/// <summary>Three ways through a decoder give the same: everything as tensors, what may count as tensors, and what may count on plain memory.</summary>
public sealed class MapDecoderTests
{
    private const int ClassCount = 3;

    private static readonly int[] Strides = [8, 16];

    public static TheoryData<string, float> Cases => new()
    {
        { "YoloV5", 0f }, { "YoloV5", 0.3f }, { "YoloV3", 0.3f }, { "YoloV3", 1f },
        { "YoloV8", 0f }, { "YoloV8", 0.3f }, { "YoloV8", 1f },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void AddLikely_RandomMaps_GivesTheDecodedPredictionsThatMayExceedTheThreshold(string coding, float threshold)
    {
        using var scope = NewDisposeScope();
        var (decoder, maps) = (Decoder(coding), Maps(coding, batch: 1));
        var all = decoder.Decode(maps);
        var rows = new PredictionRows(ClassCount);

        decoder.AddLikely(maps[0].data<float>().ToArray(), layer: 0, height: 4, width: 6, threshold, first: 0, rows);
        decoder.AddLikely(maps[1].data<float>().ToArray(), layer: 1, height: 2, width: 3, threshold, first: decoder.CountPredictions(4, 6), rows);

        Assert.Equal(threshold < 1, rows.Count > 0);
        Assert.Equal(Likely(coding, maps, 0, threshold), Enumerable.Range(0, rows.Count).Select(row => (long)rows.IndexOf(row)));
        for (var row = 0; row < rows.Count; row++)
        {
            TensorAssert.Close(all.Boxes[0, rows.IndexOf(row)], tensor(rows[row][..4].ToArray()), relative: 1e-4, absolute: 1e-4);
            TensorAssert.Close(all.Scores[0, rows.IndexOf(row)], tensor(rows[row][4..].ToArray()), relative: 1e-4, absolute: 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void DecodeLikely_RandomMapsOfSeveralImages_GivesThoseOfDecodeInTheirOrder(string coding, float threshold)
    {
        using var scope = NewDisposeScope();
        var (decoder, maps) = (Decoder(coding), Maps(coding, batch: 3));
        var all = decoder.Decode(maps);

        var likely = decoder.DecodeLikely(maps, threshold);

        Assert.Equal(3, likely.Count);
        for (var image = 0; image < likely.Count; image++)
        {
            Assert.Equal(Likely(coding, maps, image, threshold), likely[image].Indices.data<long>().ToArray());
            TensorAssert.Equal(all.Boxes[image].index_select(0, likely[image].Indices), likely[image].Boxes);
            TensorAssert.Equal(all.Scores[image].index_select(0, likely[image].Indices), likely[image].Scores);
        }
    }

    [Fact]
    public void GreedySuppression_NoRows_GivesNone() => Assert.Empty(GreedySuppression.Apply(new PredictionRows(ClassCount), new NmsOptions()).Rows);

    private static MapDecoder Decoder(string coding) => BoxCoding.Parse(coding) is AnchorBoxCoding anchored
        ? new AnchorDecoder(anchored, new AnchorSet(new float[,,] { { { 8, 16 }, { 24, 4 } }, { { 32, 32 }, { 64, 48 } } }), Strides, ClassCount)
        : new PointDecoder(Strides, ClassCount);

    private static Tensor[] Maps(string coding, int batch)
    {
        random.manual_seed(7);
        return IsAnchored(coding)
            ? [randn([batch, 2, 4, 6, 5 + ClassCount]) * 6, randn([batch, 2, 2, 3, 5 + ClassCount]) * 6]
            : [randn([batch, 64 + ClassCount, 4, 6]) * 2, randn([batch, 64 + ClassCount, 2, 3]) * 2];
    }

    /// <summary>Predictions of an image of which a score may be above the threshold: by their objectness, or by their likeliest class where there is none.</summary>
    private static long[] Likely(string coding, Tensor[] maps, int image, float threshold)
    {
        var scores = cat([.. maps.Select(map => IsAnchored(coding) ? map[image].reshape(-1, 5 + ClassCount).select(1, 4) : map[image].flatten(1).narrow(0, 64, ClassCount).amax([0]))]).sigmoid();
        return (scores > threshold).nonzero().squeeze(1).data<long>().ToArray();
    }

    private static bool IsAnchored(string coding) => BoxCoding.Parse(coding) is AnchorBoxCoding;
}
