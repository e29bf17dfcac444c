using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace BloodCellsSample;

public partial class BloodCells
{
    /// <summary>Where the model is saved and looked for: beside the program that runs.</summary>
    public static string MLNetModelPath { get; set; } = Path.GetFullPath("BloodCells.mlnet");

    /// <summary>Made when it is first asked for. One thread at a time; for a server see docs/serving.md.</summary>
    public static Lazy<PredictionEngine<ModelInput, ModelOutput>> PredictEngine { get; } = new(CreatePredictEngine, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Finds the cells in an image.</summary>
    public static ModelOutput Predict(ModelInput input) => PredictEngine.Value.Predict(input);

    private static PredictionEngine<ModelInput, ModelOutput> CreatePredictEngine()
    {
        var mlContext = new MLContext();
        return mlContext.Model.CreatePredictionEngine<ModelInput, ModelOutput>(mlContext.Model.Load(MLNetModelPath, out _));
    }

    /// <summary>What the model takes in.</summary>
    public class ModelInput
    {
        [ImageType(480, 640)]
        [ColumnName("Image")]
        public MLImage Image { get; set; } = null!;
    }

    /// <summary>What the model puts out: an entry per object, most confident first.</summary>
    public class ModelOutput
    {
        [ColumnName("PredictedLabel")]
        public string[] PredictedLabel { get; set; } = [];

        /// <summary>Four numbers per object: x0, y0, x1, y1 in pixels of the image.</summary>
        [ColumnName("PredictedBoundingBoxes")]
        public float[] PredictedBoundingBoxes { get; set; } = [];

        /// <summary>Confidence in [0, 1].</summary>
        [ColumnName("Score")]
        public float[] Score { get; set; } = [];
    }
}
