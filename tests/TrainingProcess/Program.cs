using System.Globalization;
using System.Security.Cryptography;
using Microsoft.ML;
using ML.Yolo;
using ML.Yolo.Tests;
using TorchSharp;

// A training run that can be killed: FOLDER EPOCHS [disk] [resume] [mpi] [timeout=SECONDS] [batch=N]. With "disk" its images wait in a file; with "mpi" the
// processes that mpirun started share it. Says "epoch N" at the end of each, and the checksum of the weights at the end of all.
torch.set_num_threads(1);
var mlContext = new MLContext(seed: 5);
string? Value(string name) => args.FirstOrDefault(argument => argument.StartsWith($"{name}=", StringComparison.Ordinal))?.Split('=', 2)[1];
if (args.Contains("mpi"))
{
    var processes = YoloMpi.Use(mlContext);
    processes.Timeout = TimeSpan.FromSeconds(double.Parse(Value("timeout") ?? "60", CultureInfo.InvariantCulture));
    Console.WriteLine($"{processes} is process {Environment.ProcessId}");
}

mlContext.Log += (_, entry) =>
{
    if (entry.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
        Console.WriteLine(entry.Message);
};
var options = new YoloTrainer.Options
{
    ImageSize = 64,
    MaxEpoch = int.Parse(args[1], CultureInfo.InvariantCulture),
    BatchSize = int.Parse(Value("batch") ?? "4", CultureInfo.InvariantCulture),
    NominalBatchSize = 8,
    WarmupEpochs = 0,
    Loss = new YoloV5LossOptions { AutoBalance = true },
    ImageWeights = true,
    ValidationSet = SquareImages.AsView(mlContext, SquareImages.Draw(4, seed: 2)),
    CheckpointDirectory = args[0],
    Resume = args.Contains("resume"),
    ImageCacheMegabytes = args.Contains("disk") ? 0 : 2048,
    Progress = new EpochLines(),
};
using var model = mlContext.MulticlassClassification.Trainers.Yolo(options).Fit(SquareImages.AsView(mlContext, SquareImages.Draw(10)));
using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
foreach (var tensor in model.Network.state_dict().Values)
    hash.AppendData(tensor.contiguous().bytes);
Console.WriteLine(Convert.ToHexString(hash.GetHashAndReset()));

internal sealed class EpochLines : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        if (value.IsEpochEnd)
            Console.WriteLine($"epoch {value.Epoch}");
    }
}
