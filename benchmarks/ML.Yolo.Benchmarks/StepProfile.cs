using ML.Yolo.Benchmarks.Reference;
using ML.Yolo.Devices;
using ML.Yolo.Imaging;
using ML.Yolo.Training;
using static TorchSharp.torch;

namespace ML.Yolo.Benchmarks;

/// <summary>Where the time of a training step goes: the parts of <see cref="TrainingStepBenchmark"/> one by one.</summary>
internal static class StepProfile
{
    private const int Rounds = 20;
    private const int WarmupRounds = 3;

    /// <summary>Prints the mean milliseconds of each part.</summary>
    public static void Print()
    {
        using var memory = FreedMemory.Keep();
        var workload = new Workload();
        using var network = YoloNetwork.Create(Workload.Architecture, Workload.ClassCount);
        using var loss = AnchorLoss.Create(new YoloV5LossOptions(), network.Anchors!);
        using var optimization = new Optimization(network, TrainingStepBenchmark.Settings, batchesPerEpoch: 100);
        using var average = new ExponentialMovingAverage(network, new AveragingSettings(Decay: 0.9999, RampUpdates: 2000));
        using var pixels = (rand(Workload.BatchSize, Workload.ImageSize, Workload.ImageSize, 4) * 255).to(ScalarType.Byte);
        using var targets = workload.TargetRows();
        network.train();
        var parts = new Dictionary<string, double>();
        for (var round = 0; round < Rounds + WarmupRounds; round++)
        {
            if (round == WarmupRounds)
                parts.Clear();
            using var scope = NewDisposeScope();
            var (images, maps, total) = ((Tensor)null!, (Tensor[])null!, (Tensor)null!);
            Time("input", () => images = ImageBatch.ToInput(pixels, CPU));
            Time("forward", () => maps = network.call(images));
            Time("loss", () => total = loss.Compute(maps, targets).Total);
            Time("backward", () => total.backward());
            Time("clip", () => optimization.Clip());
            Time("optimiser", optimization.Step);
            Time("average", average.Update);
        }

        foreach (var (name, milliseconds) in parts)
            Console.WriteLine(FormattableString.Invariant($"{name,-12} {milliseconds / Rounds,8:F2} ms"));

        void Time(string name, Action action) => parts[name] = parts.GetValueOrDefault(name) + Timing.Milliseconds(action);
    }
}
