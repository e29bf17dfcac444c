using System.Text;
using Microsoft.ML;
using ML.Yolo.Abuse.Fuzzing.Mutations;
using ML.Yolo.Cli;
using ML.Yolo.Cli.Training;

namespace ML.Yolo.Abuse.Fuzzing.Targets;

/// <summary>The options files of the command line.</summary>
internal static class ToolTargets
{
    public static FuzzTarget Options(string folder)
    {
        var path = Path.Combine(folder, "options.yaml");
        return new FuzzTarget
        {
            Name = Path.GetFileName(folder),
            Seeds =
            [
                Encoding.UTF8.GetBytes(new RunOptions().ToYaml()),
                "seed: 3\ndevice: cpu\nLoss:\n  BoxWeight: 0.1\n  LayerBalance: [4, 1, 0.4]\nAugmentation: Finetune\nScoring.IouThreshold: 0.5\n"u8.ToArray(),
                "Architecture: yolov8n\nLoss: YoloV8\nWarmupEpochs: 1e0\nPretrainedWeights: null\n"u8.ToArray(),
            ],
            Mutations = [YamlMutations.Change, TextMutations.Change, TextMutations.Change],
            Documented = [typeof(UsageException), typeof(FormatException), typeof(ArgumentException), typeof(IOException)],
            Read = input =>
            {
                File.WriteAllBytes(path, input);
                var (layers, options) = (new OptionLayers(), new RunOptions());
                layers.AddFile(path, "--options");
                options.Apply(layers, _ => null);
                _ = new YoloTrainer(new MLContext(), options.Trainer);
            },
        };
    }
}
