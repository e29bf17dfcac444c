using System.Globalization;
using System.Text.Json.Serialization;
using ML.Yolo.Training;

namespace ML.Yolo;

public sealed partial class YoloTrainer
{
    public sealed partial class Options
    {
        /// <summary>A starting point for a run that goes on from pretrained weights; every option stays open.</summary>
        /// <param name="weights">A PyTorch checkpoint (.pt), safetensors, or a model zip of this library. It decides the architecture.</param>
        /// <param name="maxEpoch">Passes over the data: with pretrained weights a few hundred images want about 40.</param>
        /// <param name="imageSize">Side of the square the network sees, in pixels.</param>
        public static Options FineTune(string weights, int maxEpoch = 40, int imageSize = 640)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(weights);
            return new() { PretrainedWeights = weights, MaxEpoch = maxEpoch, ImageSize = imageSize };
        }

        /// <summary>A starting point for a run that begins with weights drawn at random; every option stays open.</summary>
        /// <param name="architecture">The network; null: <see cref="YoloArchitecture.V5Nano"/>.</param>
        /// <param name="maxEpoch">Passes over the data: without pretrained weights a few hundred images want 60 and more.</param>
        /// <param name="imageSize">Side of the square the network sees, in pixels.</param>
        public static Options Scratch(YoloArchitecture? architecture = null, int maxEpoch = 100, int imageSize = 640)
            => new() { Architecture = architecture ?? YoloArchitecture.V5Nano, MaxEpoch = maxEpoch, ImageSize = imageSize };

        /// <summary>Takes over what a recipe chose where nothing was named.</summary>
        /// <returns>What was taken over, for people.</returns>
        internal IReadOnlyList<string> Fill(RecipeChoice choice)
        {
            var chosen = new List<string>();
            if (Optimizer == OptimizerKind.Auto)
            {
                Optimizer = choice.Optimizer;
                chosen.Add($"{nameof(Optimizer)} {Optimizer}");
            }

            LearningRate ??= Chosen(nameof(LearningRate), choice.LearningRate);
            Momentum ??= Chosen(nameof(Momentum), choice.Momentum);
            NominalBatchSize ??= Chosen(nameof(NominalBatchSize), choice.NominalBatchSize);
            WarmupEpochs ??= Chosen(nameof(WarmupEpochs), choice.WarmupEpochs);
            if (choice.WarmupBiasLearningRate is { } biasRate)
                WarmupBiasLearningRate ??= Chosen(nameof(WarmupBiasLearningRate), biasRate);
            EmaRampUpdates ??= Chosen(nameof(EmaRampUpdates), choice.EmaRampUpdates);
            Augmentation.CloseMosaicEpochs ??= Chosen(nameof(AugmentationOptions.CloseMosaicEpochs), choice.CloseMosaicEpochs);
            return chosen;

            T Chosen<T>(string name, T value)
                where T : IFormattable
            {
                chosen.Add($"{name} {value.ToString(null, CultureInfo.InvariantCulture)}");
                return value;
            }
        }

        /// <summary>Whether nothing is left for a recipe to choose, as in the options of every run that began.</summary>
        [JsonIgnore]
        internal bool HasAllOfTheOptimization => LearningRate is not null && Momentum is not null && NominalBatchSize is not null && WarmupEpochs is not null
            && EmaRampUpdates is not null && Augmentation.CloseMosaicEpochs is not null;

        /// <summary>Takes over what an earlier run was trained with where nothing is named now.</summary>
        internal void Fill(Options earlier) => Fill(new RecipeChoice
        {
            Optimizer = earlier.Optimizer,
            LearningRate = earlier.LearningRate!.Value,
            Momentum = earlier.Momentum!.Value,
            NominalBatchSize = earlier.NominalBatchSize!.Value,
            WarmupEpochs = earlier.WarmupEpochs!.Value,
            WarmupBiasLearningRate = earlier.WarmupBiasLearningRate,
            EmaRampUpdates = earlier.EmaRampUpdates!.Value,
            CloseMosaicEpochs = earlier.Augmentation.CloseMosaicEpochs!.Value,
            Reason = "As in the run that is gone on with.",
        });
    }
}
