using System.Globalization;
using System.Reflection;
using LibTorchFree;
using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo;

// Detects with a model zip, by ML.NET's interface alone: which engine scores is written in the zip. docs/deployment.md says how such a zip is made.
if (args is not [var zip, .. { Length: > 0 } paths])
{
    Console.Error.WriteLine("usage: LibTorchFree model.zip image …");
    return 64;
}

try
{
    Detect(zip, paths);
    return 0;
}
catch (Exception exception) when (IsOfInput(Cause(exception)))
{
    Console.Error.WriteLine(Cause(exception).Message);
    return 1;
}

// Exceptions of the library, such as TorchBackendException, say what is missing and what to do.
static bool IsOfInput(Exception exception) => exception is FormatException or IOException || exception.GetType().Namespace == typeof(YoloTransformer).Namespace;

// ML.NET wraps what a part of a model says while it is loaded.
static Exception Cause(Exception exception) => exception is TargetInvocationException { InnerException: { } inner } ? Cause(inner) : exception;

static void Detect(string zip, string[] paths)
{
    var mlContext = new MLContext();
    var model = mlContext.Model.Load(zip, out _);
    var images = mlContext.Data.LoadFromEnumerable(paths.Select(path => new ImageRow { ImagePath = Path.GetFullPath(path) }));
    var loaded = mlContext.Transforms.LoadImages("Image", imageFolder: "", nameof(ImageRow.ImagePath)).Fit(images).Transform(images);
    var scored = model.Transform(loaded);

    VBuffer<ReadOnlyMemory<char>> names = default;
    scored.Schema["PredictedLabel"].GetKeyValues(ref names);
    foreach (var row in mlContext.Data.CreateEnumerable<DetectedRow>(scored, reuseRowObject: false))
    {
        for (var i = 0; i < row.Score.Length; i++)
        {
            var box = string.Join(' ', row.PredictedBoundingBoxes.AsSpan(4 * i, 4).ToArray().Select(edge => edge.ToString("F1", CultureInfo.InvariantCulture)));
            var name = names.GetItemOrDefault((int)row.PredictedLabel[i] - 1);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(row.ImagePath)}  {name}  {row.Score[i]:F4}  {box}"));
        }
    }

    var (megabytes, libTorchFiles) = ProgramFolder.Measure();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The program's folder holds {megabytes:F1} MB, with {libTorchFiles} files of LibTorch."));
}
