using ML.Yolo.Boxes;
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

        var layers = Enumerable.Range(0, 3).Select(i => YoloV5BoxCoding.Instance.Decode(golden[$"raw{i}"], anchors[i], YoloArchitecture.V5Nano.Strides[i]));

        TensorAssert.Close(golden["decoded"], cat([.. layers], 1), relative: 1e-5, absolute: 1e-4);
    }

    [Fact]
    public void Decode_YoloV3_GivesTheCentreBySigmoidAndTheSizeByExponential()
    {
        using var scope = NewDisposeScope();
        var logits = zeros([1, 1, 2, 2, 6]);
        logits[0, 0, 1, 0, 2] = tensor(1f);

        var decoded = YoloV3BoxCoding.Instance.Decode(logits, tensor(new float[,] { { 3, 5 } }), stride: 8);

        TensorAssert.Close(tensor(new[] { 4, 12, 24 * MathF.E, 40, 0.5f, 0.5f }), decoded[0, 2], 1e-6, 1e-5);
    }
}
