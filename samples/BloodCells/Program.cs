using System.CommandLine;
using System.Globalization;
using BloodCellsSample;
using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo;

// Trains on a VoTT export as Model Builder's code would, measures, and detects in the first image that was kept aside.
var data = new Option<string?>("--data") { Description = "A VoTT export, or the folder of the blood cells.", HelpName = "PATH" };
var epochs = new Option<int>("--epochs") { Description = "Passes over the data.", DefaultValueFactory = _ => 40 };
var imageSize = new Option<int>("--image-size")
{
    Description = "Side of the square the network sees, pixels, a multiple of 32.",
    DefaultValueFactory = _ => 320,
};
var weights = new Option<string?>("--weights") { Description = "Weights to start from, such as yolov5n.pt.", HelpName = "FILE" };
var root = new RootCommand("Finds blood cells, with the files Model Builder would have made.") { data, epochs, imageSize, weights };
root.SetAction(parsed =>
{
    if (parsed.GetValue(data) is not { } path)
    {
        Console.Error.WriteLine($"--data is missing.\n{BloodCellData.Advice}");
        return 2;
    }

    try
    {
        Run(path, new YoloTrainer.Options
        {
            ImageSize = parsed.GetValue(imageSize),
            MaxEpoch = parsed.GetValue(epochs),
            PretrainedWeights = parsed.GetValue(weights),
            Progress = new EpochLines(),
        });
        return 0;
    }
    catch (Exception exception) when (exception is IOException or FormatException or ArgumentException)
    {
        Console.Error.WriteLine($"{exception.Message}\n{BloodCellData.Advice}");
        return 2;
    }
    catch (TorchBackendException exception)
    {
        Console.Error.WriteLine(exception.Message);
        return 1;
    }
});
return root.Parse(args).Invoke();

static void Run(string path, YoloTrainer.Options options)
{
    var mlContext = new MLContext(seed: 1);
    var split = mlContext.Data.TrainTestSplit(BloodCellData.Load(mlContext, path), testFraction: 0.2);
    using (var model = (IDisposable)BloodCells.Train(BloodCells.MLNetModelPath, split.TrainSet, options))
        Console.WriteLine(BloodCells.EvaluateModel(mlContext, (ITransformer)model, split.TestSet));

    var first = split.TestSet.GetColumn<string>("ImagePath").First();
    using var image = MLImage.CreateFromFile(first);
    var found = BloodCells.Predict(new BloodCells.ModelInput { Image = image });
    Console.WriteLine($"{Path.GetFileName(first)}: {found.Score.Length} cells");
    for (var i = 0; i < found.Score.Length; i++)
    {
        var box = string.Join(' ', found.PredictedBoundingBoxes.AsSpan(4 * i, 4).ToArray().Select(edge => edge.ToString("F0", CultureInfo.InvariantCulture)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {found.PredictedLabel[i]} {found.Score[i]:F2} {box}"));
    }
}
