using System.Globalization;
using Microsoft.ML;

// The other process of the model-zip tests. "detect" knows ML.NET alone: no type of the detector's library is named, nothing is registered.
return args switch
{
    ["detect", var zip, var image] => Detect(zip, image),
    ["save", var zip, var copy] => Save(zip, copy),
    _ => 64,
};

static int Detect(string zip, string image)
{
    var mlContext = new MLContext();
    var model = mlContext.Model.Load(zip, out _);
    var detections = model.Transform(mlContext.Data.LoadFromEnumerable([new Input { ImagePath = image }]));
    foreach (var row in mlContext.Data.CreateEnumerable<Output>(detections, reuseRowObject: false))
    {
        for (var i = 0; i < row.Score.Length; i++)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.PredictedLabel[i]} {row.Score[i]:F4} {string.Join(" ", row.PredictedBoundingBoxes.Skip(4 * i).Take(4).Select(x => x.ToString("F2", CultureInfo.InvariantCulture)))}"));
    }

    return 0;
}

static int Save(string zip, string copy)
{
    var mlContext = new MLContext();
    var model = mlContext.Model.Load(zip, out var schema);
    try
    {
        mlContext.Model.SaveAtomically(model, schema, copy);
        return 0;
    }
    catch (IOException exception)
    {
        Console.WriteLine(exception.Message);
        return 1;
    }
}

internal sealed class Input
{
    public string ImagePath { get; set; } = "";
}

internal sealed class Output
{
    public uint[] PredictedLabel { get; set; } = [];

    public float[] PredictedBoundingBoxes { get; set; } = [];

    public float[] Score { get; set; } = [];
}
