using Microsoft.ML;
using ML.Yolo.Tests.Weights;

namespace ML.Yolo.Tests.Onnx;

/// <summary>The reference's YOLOv5n, trained on COCO.</summary>
internal static class CocoDetector
{
    public static YoloTransformer Load(MLContext mlContext, IDataView images)
        => mlContext.Transforms.LoadYolo(SharedFolder.Path("weights", "yolov5n.safetensors"), YoloArchitecture.V5Nano, CocoImages.ClassNames).Fit(images);
}
