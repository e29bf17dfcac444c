using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.ML;
using ML.Yolo.Columns;
using ML.Yolo.Imaging;
using ML.Yolo.Scoring;

namespace ML.Yolo;

public sealed partial class YoloTrainer
{
    /// <summary>Everything about a training run and the scoring after it.</summary>
    /// <remarks>
    /// What is null of the optimisation, <see cref="Recipe"/> chooses when the data has been read; the log says what and why, and the model keeps it.
    /// </remarks>
    public sealed partial class Options
    {
        // The pixels of an image, four bytes each, are one array.
        private static readonly int MaxImageSize = (int)Math.Sqrt(Array.MaxLength / ResizedImage.Channels);

        /// <summary>Column of the images, <c>MLImage</c> of any size. Default "Image".</summary>
        public string ImageColumnName { get; set; } = "Image";

        /// <summary>Column of the labels, a vector of keys, one per object. Default "Label".</summary>
        public string LabelColumnName { get; set; } = "Label";

        /// <summary>Column of the boxes, a vector of floats, four per object: x0, y0, x1, y1 in pixels of the image. Default "BoundingBoxes".</summary>
        public string BoundingBoxColumnName { get; set; } = "BoundingBoxes";

        /// <summary>Output column of the labels found. Default "PredictedLabel".</summary>
        public string PredictedLabelColumnName { get; set; } = "PredictedLabel";

        /// <summary>Output column of the boxes found. Default "PredictedBoundingBoxes".</summary>
        public string PredictedBoundingBoxColumnName { get; set; } = "PredictedBoundingBoxes";

        /// <summary>Output column of the confidences. Default "Score".</summary>
        public string ScoreColumnName { get; set; } = "Score";

        /// <summary>
        /// The network. Null, the default: that of <see cref="PretrainedWeights"/>, or <see cref="YoloArchitecture.V5Nano"/> where there are none.
        /// </summary>
        public YoloArchitecture? Architecture { get; set; }

        /// <summary>Side of the square the network sees, in pixels: a multiple of its largest stride. Images are letterboxed to it. Default 640.</summary>
        public int ImageSize { get; set; } = 640;

        /// <summary>
        /// The loss: its type is the variant, its properties the weights. Null, the default: the loss that belongs to <see cref="Architecture"/>, with its
        /// default weights.
        /// </summary>
        public DetectionLossOptions? Loss { get; set; }

        /// <summary>
        /// Scales the class weight by classes / 80, the objectness weight by (image size / 640)², and both and the box weight by 3 / layers of
        /// predictions, as the reference does before training, so that one set of weights serves all data. Default true.
        /// </summary>
        public bool ScaleLossWeights { get; set; } = true;

        /// <summary>
        /// A file of weights to begin with: a PyTorch checkpoint (.pt), safetensors, or a model zip of this library. Null, the default: initial weights are
        /// drawn.
        /// </summary>
        /// <remarks>Tensors are matched by name. A head for another number of classes keeps its initial values, and the log says so.</remarks>
        public string? PretrainedWeights { get; set; }

        /// <summary>
        /// Whether <see cref="PretrainedWeights"/> may lack tensors of the network, hold others, or hold them in other shapes; the log lists them. Default
        /// false: that is an error.
        /// </summary>
        public bool AllowPartialWeights { get; set; }

        /// <summary>
        /// How many of the network's first layers keep their weights and norm statistics. At least 0 and fewer than there are layers; 10 is YOLOv5's backbone.
        /// Default 0.
        /// </summary>
        public int FreezeLayers { get; set; }

        /// <summary>Who chooses the options of the optimisation that are null. Default <see cref="Recipe.Auto"/>.</summary>
        public Recipe Recipe { get; set; } = Recipe.Auto;

        /// <summary>Passes over the data. At least 1; default 100.</summary>
        public int MaxEpoch { get; set; } = 100;

        /// <summary>Images per forward and backward pass. At least 1; default 16.</summary>
        public int BatchSize { get; set; } = 16;

        /// <summary>
        /// Images per step of the optimiser: gradients of smaller batches are added up until there are that many. What is left over at the end of the run
        /// makes a last step, and no epoch ends before a first one. At least 1. Null, the default: chosen by <see cref="Recipe"/>; 64 of the reference.
        /// </summary>
        public int? NominalBatchSize { get; set; }

        /// <summary>The rule by which gradients change weights. Default <see cref="OptimizerKind.Auto"/>; SGD of the reference.</summary>
        public OptimizerKind Optimizer { get; set; } = OptimizerKind.Auto;

        /// <summary>
        /// Learning rate after the warm-up. Above 0, and so small that a step is a number of single precision. Null, the default: chosen by
        /// <see cref="Recipe"/>; 0.01 of the reference.
        /// </summary>
        public double? LearningRate { get; set; }

        /// <summary>How the learning rate goes from epoch to epoch. Default <see cref="LearningRateSchedule.Linear"/>.</summary>
        public LearningRateSchedule Schedule { get; set; } = LearningRateSchedule.Linear;

        /// <summary>Learning rate at the end, as a fraction of <see cref="LearningRate"/>. In [0, 1]; default 0.01.</summary>
        public double FinalLearningRateFraction { get; set; } = 0.01;

        /// <summary>Momentum; β₁ of Adam. In [0, 1). Null, the default: chosen by <see cref="Recipe"/>; 0.937 of the reference.</summary>
        public double? Momentum { get; set; }

        /// <summary>Weight decay of the convolutions' weights. At least 0; default 0.0005.</summary>
        public double WeightDecay { get; set; } = 0.0005;

        /// <summary>
        /// Epochs of warm-up; at least 100 batches or a fifth of the run, at most half of it, and none in a run of fewer than ten steps. At least 0, which is
        /// none. Null, the default: chosen by <see cref="Recipe"/>; 3 of the reference.
        /// </summary>
        public double? WarmupEpochs { get; set; }

        /// <summary>Momentum at the start of the warm-up. In [0, 1); default 0.8.</summary>
        public double WarmupMomentum { get; set; } = 0.8;

        /// <summary>
        /// Learning rate of the biases at the start of the warm-up. At least 0. Null, the default: 0.1 for SGD, 0 for Adam and AdamW, whose steps do not
        /// shrink with the gradients.
        /// </summary>
        public double? WarmupBiasLearningRate { get; set; }

        /// <summary>Max. norm of all gradients together; longer ones are shortened. 0 sets no limit; default 10.</summary>
        public double GradientClipNorm { get; set; } = 10;

        /// <summary>Decay of the averaged weights in the long run. In [0, 1); default 0.9999.</summary>
        public double EmaDecay { get; set; } = 0.9999;

        /// <summary>
        /// Steps over which that decay builds up. Above 0 and finite. Null, the default: chosen by <see cref="Recipe"/>; 2000 of the reference.
        /// </summary>
        public double? EmaRampUpdates { get; set; }

        /// <summary>How images are varied. Default <see cref="AugmentationOptions.Scratch"/>.</summary>
        public AugmentationOptions Augmentation { get; set; } = AugmentationOptions.Scratch;

        /// <summary>
        /// Whether samples are drawn by their classes instead of each once per epoch: more often those with rare classes and, once there was a validation,
        /// with classes that are not found yet. Samples without objects are then not drawn. Default false.
        /// </summary>
        public bool ImageWeights { get; set; }

        /// <summary>
        /// Whether anchors are checked against the data before training, and better ones found where fewer than 98 % of the objects would find one. Default
        /// true.
        /// </summary>
        public bool AutoAnchor { get; set; } = true;

        /// <summary>
        /// Rows with the input columns, on which each epoch is measured; the best epoch's weights are kept. Null, the default: the last epoch's are.
        /// </summary>
        [JsonIgnore]
        public IDataView? ValidationSet { get; set; }

        /// <summary>Epochs from one validation to the next; the last epoch is always validated. At least 1; default 1.</summary>
        public int ValidationInterval { get; set; } = 1;

        /// <summary>Epochs without a better validation after which training stops. 0 is never; default 100.</summary>
        public int EarlyStoppingPatience { get; set; } = 100;

        /// <summary>What happens when the loss, its gradients or the weights are not finite. Default <see cref="NonFiniteLossHandling.Throw"/>.</summary>
        public NonFiniteLossHandling OnNonFiniteLoss { get; set; } = NonFiniteLossHandling.Throw;

        /// <summary>How the trained detector scores; may be changed on it too, by <see cref="YoloTransformer.Scoring"/>.</summary>
        public ScoringOptions Scoring { get; set; } = new();

        /// <summary>
        /// Memory for resized images while training, of the training set and the validation set together; those beyond it wait in a temporary file. At least
        /// 0; default 2048. Unused where <see cref="ImageCaching"/> is off.
        /// </summary>
        public int ImageCacheMegabytes { get; set; } = 2048;

        /// <summary>Whether resized images are kept from epoch to epoch. Default <see cref="ImageCaching.MemoryThenDisk"/>.</summary>
        public ImageCaching ImageCaching { get; set; } = ImageCaching.MemoryThenDisk;

        /// <summary>Threads that decode and augment images while the network learns. At least 1; null, the default: half the processors.</summary>
        public int? LoaderThreads { get; set; }

        /// <summary>
        /// What to do with rows that cannot be learned from. Default <see cref="BadSampleHandling.Throw"/>: nothing is trained on a set that is broken.
        /// </summary>
        public BadSampleHandling BadSampleHandling { get; set; } = BadSampleHandling.Throw;

        /// <summary>What convolutions compute in while training. Default <see cref="TrainingPrecision.Full"/>.</summary>
        public TrainingPrecision Precision { get; set; } = TrainingPrecision.Full;

        /// <summary>
        /// GPUs of this machine that learn together, each a share of every batch; the trained detector scores on the first. Null, the default: the one device
        /// that <c>MLContext.GpuDeviceId</c> names.
        /// </summary>
        [JsonIgnore]
        public int[]? DataParallelGpus { get; set; }

        /// <summary>
        /// Processes that learn together, each a share of every batch: <c>MpiDistribution.World</c> of the package ML.Yolo.Mpi. All run the same program on
        /// the same data; rank 0 writes, logs and reports, and <see cref="Fit"/> returns the same detector on all. Null, the default: this process, or those
        /// that <c>YoloMpi.Use</c> gave the context.
        /// </summary>
        [JsonIgnore]
        public Distribution? Distribution { get; set; }

        /// <summary>
        /// Whether, with <see cref="Distribution"/>, the running statistics of the norms are averaged over the processes after each epoch; each has seen its
        /// own share of the images alone. False: those of rank 0 count. Default true.
        /// </summary>
        public bool AverageNormStatistics { get; set; } = true;

        /// <summary>
        /// A folder that gets <c>last.safetensors</c> after every epoch, all that is needed to go on, and <c>best.safetensors</c>, the best averaged weights.
        /// Null, the default: none.
        /// </summary>
        [JsonIgnore]
        public string? CheckpointDirectory { get; set; }

        /// <summary>
        /// Goes on from <see cref="CheckpointDirectory"/> as if never stopped; starts anew where it holds no checkpoint. The log names options and data that
        /// changed. Default false.
        /// </summary>
        [JsonIgnore]
        public bool Resume { get; set; }

        /// <summary>Told of every batch and every epoch, on the training thread.</summary>
        [JsonIgnore]
        public IProgress<TrainingProgress>? Progress { get; set; }

        /// <summary>
        /// A file that gets a line per epoch, separated by commas: losses, rates and metrics. Replaced if there is one. Null, the default: none.
        /// </summary>
        [JsonIgnore]
        public string? CsvLogPath { get; set; }

        /// <summary>A folder for TensorBoard's event files with the same numbers, a new file per run. Null, the default: none.</summary>
        [JsonIgnore]
        public string? TensorBoardFolder { get; set; }

        /// <summary>
        /// Stops at the next batch. <see cref="Fit"/> then returns the best weights of the epochs completed, or throws where there are none.
        /// </summary>
        [JsonIgnore]
        public CancellationToken CancellationToken { get; set; }

        /// <summary>The names of all columns.</summary>
        [JsonIgnore]
        internal DetectionColumnNames Columns
            => new(ImageColumnName, LabelColumnName, BoundingBoxColumnName, PredictedLabelColumnName, PredictedBoundingBoxColumnName, ScoreColumnName);

        /// <summary>
        /// The loss that trains: <see cref="Loss"/>, or where that is null a new one with default weights, of the variant that belongs to
        /// <see cref="Architecture"/>.
        /// </summary>
        [JsonIgnore]
        public DetectionLossOptions ChosenLoss => Loss ?? DetectionLossOptions.Of(ChosenArchitecture.Head.Codings[0]);

        /// <summary>The architecture, whether named or not.</summary>
        [JsonIgnore]
        internal YoloArchitecture ChosenArchitecture => Architecture ?? YoloArchitecture.V5Nano;

        /// <summary>What a detector of these options takes in.</summary>
        [JsonIgnore]
        internal DetectorInput Input => new(ImageColumnName, ImageSize, ChosenArchitecture.Strides[^1], Augmentation.ShowsBorders);

        /// <summary>Checks every value and throws <see cref="ArgumentException"/> naming the first that does not hold.</summary>
        internal void Check()
        {
            CheckColumns();
            var architecture = ChosenArchitecture;
            Loss?.Check();
            if (!architecture.Head.Codings.Contains(ChosenLoss.BoxCoding))
            {
                throw new ArgumentException(
                    $"{nameof(Loss)} is {ChosenLoss.GetType().Name}, which does not fit {architecture}: it learns boxes as {ChosenLoss.BoxCoding}, and the "
                    + $"head gives them as {string.Join(" or ", architecture.Head.Codings)}. Null is the loss that belongs to the architecture.",
                    nameof(Loss));
            }

            ChosenLoss.CheckLayers(architecture.Strides.Count);
            var stride = architecture.Strides[^1];
            Require(ImageSize >= 2 * stride && ImageSize % stride == 0, nameof(ImageSize), ImageSize, $"a multiple of {stride}, and at least {2 * stride}");
            Require(ImageSize <= MaxImageSize, nameof(ImageSize), ImageSize, $"at most {MaxImageSize}: an image's pixels must fit into one array");
            var layers = architecture.Layers.Length;
            var isWithin = FreezeLayers >= 0 && FreezeLayers < layers;
            Require(isWithin, nameof(FreezeLayers), FreezeLayers, $"from 0 to {layers - 1}, since {architecture} has {layers} layers");
            RequireAtLeast(1, (nameof(MaxEpoch), MaxEpoch), (nameof(BatchSize), BatchSize), (nameof(NominalBatchSize), NominalBatchSize ?? 1),
                (nameof(ValidationInterval), ValidationInterval), (nameof(LoaderThreads), LoaderThreads ?? 1));
            RequireAtLeast(0, (nameof(WeightDecay), WeightDecay), (nameof(WarmupEpochs), WarmupEpochs ?? 0),
                (nameof(WarmupBiasLearningRate), WarmupBiasLearningRate ?? 0), (nameof(GradientClipNorm), GradientClipNorm),
                (nameof(ImageCacheMegabytes), ImageCacheMegabytes), (nameof(EarlyStoppingPatience), EarlyStoppingPatience));
            Require(FinalLearningRateFraction is >= 0 and <= 1, nameof(FinalLearningRateFraction), FinalLearningRateFraction, "in [0, 1]");
            ArgumentNullException.ThrowIfNull(Augmentation);
            Augmentation.Check();
            ArgumentNullException.ThrowIfNull(Scoring);
            if (DataParallelGpus is { } gpus && (gpus.Length == 0 || gpus.Distinct().Count() != gpus.Length || gpus.Min() < 0))
            {
                var numbers = string.Join(", ", gpus.Select(gpu => gpu.ToString(CultureInfo.InvariantCulture)));
                throw new ArgumentException(
                    $"{nameof(DataParallelGpus)} is [{numbers}]; at least one number was expected, each from 0 and once.",
                    nameof(DataParallelGpus));
            }

            if (Distribution is { Size: > 1 } processes)
                Check(processes);

            if (Resume && CheckpointDirectory is null)
            {
                throw new ArgumentException(
                    $"{nameof(Resume)} is set and {nameof(CheckpointDirectory)} is not: there is nothing to go on from.", nameof(CheckpointDirectory));
            }

            foreach (var (name, value) in new[] { (nameof(LearningRate), LearningRate ?? 1), (nameof(EmaRampUpdates), EmaRampUpdates ?? 1) })
                Require(value > 0 && double.IsFinite(value), name, value, "a finite number above 0");
            foreach (var (name, value) in new[] { (nameof(Momentum), Momentum ?? 0), (nameof(WarmupMomentum), WarmupMomentum), (nameof(EmaDecay), EmaDecay) })
                Require(value is >= 0 and < 1, name, value, "in [0, 1)");
            CheckSinglePrecision();
            CheckEnumerations();
        }

        /// <summary>Checks what only counts where processes share every batch.</summary>
        /// <exception cref="ArgumentException">There are more of them than images in a batch, or GPUs of one machine are to learn together too.</exception>
        internal void Check(Distribution processes)
        {
            Require(
                BatchSize >= processes.Size, nameof(BatchSize), BatchSize,
                FormattableString.Invariant($"at least {processes.Size}: as many processes share every batch, and each needs an image of it"));
            if (DataParallelGpus is not null)
                throw GpusAndProcesses();
        }

        private static ArgumentException GpusAndProcesses() => new(
            $"{nameof(DataParallelGpus)} and {nameof(Distribution)} are both set; one of them is expected. With processes, start one per GPU and give each "
            + "its own by MLContext.GpuDeviceId.",
            nameof(DataParallelGpus));

        /// <summary>A copy that later changes to this object, or to what it holds, do not touch.</summary>
        internal Options Copy()
        {
            var copy = (Options)MemberwiseClone();
            copy.Loss = Loss?.Copy();
            copy.Augmentation = Augmentation.Copy();
            copy.Scoring = Scoring.Copy();
            copy.DataParallelGpus = (int[]?)DataParallelGpus?.Clone();
            return copy;
        }

        /// <summary>Weights are in single precision: what they are multiplied by must be a number there.</summary>
        private void CheckSinglePrecision()
        {
            Require(GradientClipNorm <= float.MaxValue, nameof(GradientClipNorm), GradientClipNorm, "a number of single precision");
            var decay = WeightDecay * BatchSize;
            Require(decay <= float.MaxValue, nameof(WeightDecay), WeightDecay, $"so small that times {nameof(BatchSize)} it is a number of single precision");
            foreach (var (name, rate) in new[] { (nameof(LearningRate), LearningRate ?? 0), (nameof(WarmupBiasLearningRate), WarmupBiasLearningRate ?? 0) })
            {
                // Adam divides by 1 − β₁, AdamW multiplies by the decay.
                var factor = rate * Math.Max(decay, 1) / (1 - Math.Max(Momentum ?? 0, WarmupMomentum));
                Require(factor <= float.MaxValue, name, rate, "so small that a step's factor is a number of single precision");
            }
        }

        private void CheckEnumerations()
        {
            RequireDefined(nameof(Recipe), Recipe);
            RequireDefined(nameof(Optimizer), Optimizer);
            RequireDefined(nameof(Schedule), Schedule);
            RequireDefined(nameof(OnNonFiniteLoss), OnNonFiniteLoss);
            RequireDefined(nameof(ImageCaching), ImageCaching);
            RequireDefined(nameof(BadSampleHandling), BadSampleHandling);
            RequireDefined(nameof(Precision), Precision);
        }

        private void CheckColumns()
        {
            (string Option, string Column)[] columns =
            [
                (nameof(ImageColumnName), ImageColumnName),
                (nameof(LabelColumnName), LabelColumnName),
                (nameof(BoundingBoxColumnName), BoundingBoxColumnName),
                (nameof(PredictedLabelColumnName), PredictedLabelColumnName),
                (nameof(PredictedBoundingBoxColumnName), PredictedBoundingBoxColumnName),
                (nameof(ScoreColumnName), ScoreColumnName),
            ];
            foreach (var (option, column) in columns)
            {
                if (string.IsNullOrWhiteSpace(column))
                    throw new ArgumentException($"{option} is empty; it must name a column.", option);
            }

            if (columns.GroupBy(column => column.Column).FirstOrDefault(group => group.Count() > 1) is { } same)
            {
                throw new ArgumentException(
                    $"{string.Join(" and ", same.Select(column => column.Option))} all name the column '{same.Key}'; each needs one of its own.",
                    same.Last().Option);
            }
        }

        private static void RequireDefined<T>(string option, T value)
            where T : struct, Enum
        {
            if (!Enum.IsDefined(value))
            {
                throw new ArgumentOutOfRangeException(
                    option, FormattableString.Invariant($"{option} is {value:D}; it must be one of {string.Join(", ", Enum.GetNames<T>())}."));
            }
        }

        private static void RequireAtLeast(double least, params ReadOnlySpan<(string Name, double Value)> options)
        {
            foreach (var (name, value) in options)
                Require(value >= least && double.IsFinite(value), name, value, FormattableString.Invariant($"at least {least}"));
        }

        private static void Require(bool holds, string option, double found, string expected)
        {
            if (!holds)
                throw new ArgumentOutOfRangeException(option, FormattableString.Invariant($"{option} is {found}; it must be {expected}."));
        }
    }
}
