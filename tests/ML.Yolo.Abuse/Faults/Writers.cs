using Microsoft.ML;
using ML.Yolo.Tests;
using ML.Yolo.Tests.Datasets;
using ML.Yolo.Tests.Networks;
using ML.Yolo.Tests.Onnx;

namespace ML.Yolo.Abuse.Faults;

/// <summary>Everything that writes files, by name, and what it is to write.</summary>
internal sealed class Writers : IDisposable
{
    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();
    private readonly YoloTransformer _model = RandomDetector.Create(SmallArchitecture.EveryBlock, imageSize: 64);
    private readonly IDataView _rows;

    public Writers()
    {
        for (var i = 0; i < 3; i++)
            LabelledRows.WritePicture(_folder.File("images", $"{i}.png"), 300, 200);
        _rows = _mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 3).Select(i => new LabelledRows.Row
        {
            ImagePath = _folder.File("images", $"{i}.png"),
            Label = ["a"],
            BoundingBoxes = [1, 2, 10, 12],
        }));
        var history = new TrainingHistory([new TrainingEpoch
        {
            Epoch = 1,
            Losses = new Dictionary<string, float> { ["box"] = 1 },
            LearningRate = 1,
            ImagesPerSecond = 1,
            Elapsed = TimeSpan.FromSeconds(1),
        }]);
        All = new Dictionary<string, Action<string>>
        {
            ["zip"] = path => _mlContext.Model.SaveAtomically(_model, null, path),
            ["weights"] = _model.SaveWeights,
            ["onnx"] = path => _model.SaveAsOnnx(path),
            ["coco"] = path => _mlContext.Data.SaveAsCoco(_rows, path, _folder.File("images")),
            ["vott"] = path => _mlContext.Data.SaveAsVott(_rows, path),
            ["csv"] = history.WriteCsv,
            ["safetensors"] = path => Safetensors.Save(path, _model.Network.state_dict()),
        };
        Folders = new Dictionary<string, Action<string>>
        {
            ["yolo"] = path => _mlContext.Data.SaveAsYoloDataset(_rows, path),
            ["voc"] = path => _mlContext.Data.SaveAsPascalVoc(_rows, path),
        };
    }

    /// <summary>Those that write one file.</summary>
    public IReadOnlyDictionary<string, Action<string>> All { get; }

    /// <summary>Those that write a folder.</summary>
    public IReadOnlyDictionary<string, Action<string>> Folders { get; }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }
}
