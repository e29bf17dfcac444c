using Microsoft.ML;
using ML.Yolo;

namespace BloodCellsSample;

public partial class BloodCells
{
    /// <summary>Trains a new model and saves it.</summary>
    /// <param name="outputModelPath">The model to make or replace.</param>
    /// <param name="trainData">Rows as <see cref="LoadFromVott"/> gives them.</param>
    /// <param name="options">How to train.</param>
    public static ITransformer Train(string outputModelPath, IDataView trainData, YoloTrainer.Options options)
    {
        var mlContext = new MLContext(seed: 1);
        var model = RetrainModel(mlContext, trainData, options);
        SaveModel(mlContext, model, outputModelPath);
        return model;
    }

    /// <summary>Rows of a VoTT export: path, labels and boxes of each image.</summary>
    public static IDataView LoadFromVott(MLContext mlContext, string exportPath) => mlContext.Data.LoadFromVott(exportPath);

    /// <summary>Saves a model whole or not at all.</summary>
    public static void SaveModel(MLContext mlContext, ITransformer model, string modelSavePath) => mlContext.Model.SaveAtomically(model, null, modelSavePath);

    /// <summary>Fits <see cref="BuildPipeline"/> to the data. Labels become keys and images are loaded before it, so that the model takes an image alone.</summary>
    public static ITransformer RetrainModel(MLContext mlContext, IDataView trainData, YoloTrainer.Options options)
    {
        var preparation = mlContext.Transforms.Conversion.MapValueToKey("Label").Append(mlContext.Transforms.LoadImages("Image", imageFolder: "", "ImagePath"));
        return BuildPipeline(mlContext, options).Fit(preparation.Fit(trainData).Transform(trainData));
    }

    /// <summary>The pipeline that is saved: the detector, and names in place of keys.</summary>
    public static IEstimator<ITransformer> BuildPipeline(MLContext mlContext, YoloTrainer.Options options)
        => mlContext.MulticlassClassification.Trainers.Yolo(options).Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
}
