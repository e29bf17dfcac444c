using ML.Yolo.Boxes;
using ML.Yolo.Networks;
using ML.Yolo.Tests.Networks;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Scoring;

public sealed class BoxCodingTests
{
    [SharedFact]
    public void Decode_GoldenMaps_GivesTheReferenceBoxesAndScores()
    {
        using var scope = NewDisposeScope();
        var golden = Safetensors.Load(SharedFolder.Path("golden", "network", "yolov5n-forward.safetensors"));
        var anchors = Safetensors.Load(SharedFolder.Path("weights", "yolov5n.safetensors"))["model.24.anchors"].to(ScalarType.Float32);
        var strides = YoloArchitecture.V5Nano.Strides;
        var decoder = new AnchorDecoder(YoloV5BoxCoding.Instance, AnchorSet.FromCells(anchors, strides), strides, classCount: 80);

        var predictions = decoder.Decode([golden["raw0"], golden["raw1"], golden["raw2"]]);

        var expected = DecodedLayout.Split(golden["decoded"]);
        TensorAssert.Close(expected.Boxes, predictions.Boxes, relative: 1e-5, absolute: 1e-4);
        TensorAssert.Close(expected.Scores, predictions.Scores, relative: 1e-5, absolute: 1e-4);
    }

    [Fact]
    public void Decode_YoloV3_GivesTheCentreBySigmoidAndTheSizeByExponential()
    {
        using var scope = NewDisposeScope();
        var logits = zeros([1, 1, 2, 2, 6]);
        logits[0, 0, 1, 0, 2] = tensor(1f);
        var decoder = new AnchorDecoder(YoloV3BoxCoding.Instance, new AnchorSet(new float[,,] { { { 24, 40 } } }), [8], classCount: 1);

        var predictions = decoder.Decode([logits]);

        TensorAssert.Close(tensor(new[] { 4, 12, 24 * MathF.E, 40 }), predictions.Boxes[0, 2], 1e-6, 1e-5);
        TensorAssert.Close(tensor(new[] { 0.25f }), predictions.Scores[0, 2], 1e-6, 1e-5);
    }

    [Theory]
    [InlineData("YoloV5")]
    [InlineData("YoloV3")]
    public void Encode_CentresAndSizes_IsTheInverseOfDecode(string name)
    {
        using var scope = NewDisposeScope();
        var coding = (AnchorBoxCoding)BoxCoding.Parse(name);
        var (centres, ratios, anchors) = (tensor(new double[,] { { 0.1, 0.9 }, { 0.5, 0.3 } }), tensor(new double[,] { { 0.2, 3.5 }, { 1, 0.7 } }), tensor(new double[,] { { 2, 4 }, { 3, 5 } }));

        TensorAssert.Close(centres, coding.DecodeCentre(coding.EncodeCentre(centres)), 1e-12, 1e-12);
        TensorAssert.Close(ratios * anchors, coding.DecodeSize(coding.EncodeSize(ratios), anchors), 1e-12, 1e-12);
    }

    [Fact]
    public void DecodeDistances_BinsWithAllTheMassOnTwo_GivesTheDistanceBetweenThem()
    {
        using var scope = NewDisposeScope();
        var logits = full([4, 16], -100f);
        (logits[0, 2], logits[1, 2], logits[1, 3], logits[2, 15], logits[3, 0]) = (tensor(5f), tensor(5f), tensor(5f), tensor(5f), tensor(5f));

        var distances = YoloV8BoxCoding.DecodeDistances(logits.view(64));

        TensorAssert.Close(tensor(new float[] { 2, 2.5f, 15, 0 }), distances, 0, 1e-6);
    }

    [Fact]
    public void DecodeDistance_RandomBins_IsWhatTensorsGive()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        var logits = randn(50, 64) * 4;

        var expected = YoloV8BoxCoding.DecodeDistances(logits).data<float>().ToArray();

        Assert.All(logits.data<float>().ToArray().Chunk(16).Zip(expected), pair => Assert.Equal(pair.Second, YoloV8BoxCoding.DecodeDistance(pair.First), 1e-4f));
    }

    [Fact]
    public void EncodeLogits_DistancesOfBoxes_IsTheInverseOfDecode()
    {
        using var scope = NewDisposeScope();
        var (boxes, points) = (tensor(new double[,] { { 1, 2, 9.25, 7.5 }, { 0, 0, 5, 12 } }), tensor(new double[,] { { 4.5, 3.5 }, { 2.5, 6.5 } }));

        var distances = YoloV8BoxCoding.EncodeDistances(boxes, points);

        TensorAssert.Close(tensor(new double[,] { { 3.5, 1.5, 4.75, 4 }, { 2.5, 6.5, 2.5, 5.5 } }), distances, 1e-12, 1e-12);
        TensorAssert.Close(distances, YoloV8BoxCoding.DecodeDistances(YoloV8BoxCoding.EncodeLogits(distances)), 1e-12, 1e-12);
        TensorAssert.Close(boxes, YoloV8BoxCoding.DecodeBoxes(distances, points, BoxFormat.XyXy), 1e-12, 1e-12);
    }

    [Fact]
    public void EncodeDistances_BoxBesideItsPointOrTooLarge_StaysWithinTheBins()
    {
        using var scope = NewDisposeScope();

        var distances = YoloV8BoxCoding.EncodeDistances(tensor(new double[,] { { 5, 0, 40, 3 } }), tensor(new double[,] { { 4, 2 } }));

        TensorAssert.Close(tensor(new[,] { { 0, 2, 14.99, 1 } }), distances, 0, 1e-12);
    }
}
