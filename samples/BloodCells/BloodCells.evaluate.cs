using Microsoft.ML;
using ML.Yolo;

namespace BloodCellsSample;

public partial class BloodCells
{
    /// <summary>Measures a model on rows it has not seen.</summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="model">What <see cref="RetrainModel"/> gave, or a model loaded again.</param>
    /// <param name="testData">Rows as <see cref="LoadFromVott"/> gives them.</param>
    public static DetectionMetrics EvaluateModel(MLContext mlContext, ITransformer model, IDataView testData)
    {
        var images = mlContext.Transforms.LoadImages("Image", imageFolder: "", "ImagePath").Fit(testData).Transform(testData);
        return mlContext.MulticlassClassification.EvaluateDetections(model.Detector(), images);
    }
}
