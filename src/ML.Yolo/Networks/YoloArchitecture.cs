using ML.Yolo.Networks;

namespace ML.Yolo;

/// <summary>A network of the family: a description of its layers, scaled in depth and width, with strides, and anchors where its head has some.</summary>
/// <remarks>
/// The library's own are the static properties. One of your own is written down in the same way, trains like any other, and is saved whole in the model's zip:
/// <code>
/// using static ML.Yolo.LayerDescription;
///
/// var small = new YoloArchitecture("small",
///     [
///         Conv(16, kernel: 3, stride: 2),    // 0  stride 2
///         Conv(32, kernel: 3, stride: 2),    // 1  stride 4
///         C3(32, repeats: 1),                // 2
///         Conv(64, kernel: 3, stride: 2),    // 3  stride 8
///         C3(64, repeats: 1),                // 4
///         Conv(128, kernel: 3, stride: 2),   // 5  stride 16
///         Sppf(128),                         // 6
///         Detect(4, 6),                      // 7
///     ],
///     new float[,,] { { { 8, 8 }, { 16, 16 } }, { { 32, 32 }, { 64, 64 } } });
/// </code>
/// With <c>DetectPoints(4, 6)</c> in place of the last line it has the head of YOLOv8, and no anchors are given.
/// </remarks>
public sealed class YoloArchitecture : IEquatable<YoloArchitecture>
{
    /// <summary>Side of an image that divides by every stride that is a product of a few twos, threes and fives.</summary>
    internal const int ProbeSize = 46_080;

    private const double MaxFactor = 16;

    /// <summary>Describes an architecture with an anchor head.</summary>
    /// <param name="name">A name for logs and files.</param>
    /// <param name="layers">The layers in order; the last is <see cref="LayerDescription.Detect"/>.</param>
    /// <param name="anchors">Anchors (L, A, 2), A per layer of predictions, finest first: width and height in pixels of the network's input.</param>
    /// <param name="depth">Multiplies the repeats of blocks, rounded, at least one. In (0, 16].</param>
    /// <param name="width">Multiplies the channels, rounded up to a multiple of eight. In (0, 16].</param>
    /// <exception cref="ArgumentException">The layers do not fit together, or the anchors do not fit the head; the message names the layer.</exception>
    public YoloArchitecture(string name, IReadOnlyList<LayerDescription> layers, float[,,] anchors, double depth = 1, double width = 1)
        : this(name, layers, Anchored(name, anchors), new NetworkScale(depth, width))
    {
    }

    /// <summary>Describes an architecture with a point head, which has no anchors.</summary>
    /// <param name="name">A name for logs and files.</param>
    /// <param name="layers">
    /// The layers in order; the last is <see cref="LayerDescription.DetectPoints"/> or <see cref="LayerDescription.DetectPointsDepthwise"/>.
    /// </param>
    /// <param name="depth">Multiplies the repeats of blocks, rounded, at least one. In (0, 16].</param>
    /// <param name="width">Multiplies the channels, rounded up to a multiple of eight. In (0, 16].</param>
    /// <param name="maxChannels">Channels of a layer count for no more than this before they are multiplied. At least 1.</param>
    /// <exception cref="ArgumentException">The layers do not fit together, or the head needs anchors; the message names the layer.</exception>
    public YoloArchitecture(string name, IReadOnlyList<LayerDescription> layers, double depth = 1, double width = 1, int maxChannels = int.MaxValue)
        : this(name, layers, anchors: null, new NetworkScale(depth, width, maxChannels))
    {
    }

    internal YoloArchitecture(string name, IReadOnlyList<LayerDescription> layers, AnchorSet? anchors, NetworkScale scale)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(layers);
        (string Name, double Value, double Max)[] factors =
            [("depth", scale.Depth, MaxFactor), ("width", scale.Width, MaxFactor), ("maxChannels", scale.MaxChannels, int.MaxValue)];
        foreach (var (factor, value, max) in factors)
        {
            if (!(value > 0 && value <= max))
            {
                throw new ArgumentOutOfRangeException(
                    factor, FormattableString.Invariant($"'{name}': {factor} is {value}; it must be above 0 and at most {max}."));
            }
        }

        (Name, Scale, Layers, Anchors) = (name, scale, [.. layers], anchors);
        Strides = FindStrides();
        CheckAnchors();
    }

    /// <summary>YOLOv5n: 1.9 million parameters.</summary>
    public static YoloArchitecture V5Nano { get; } = V5("yolov5n", depth: 0.33, width: 0.25);

    /// <summary>YOLOv5s: 7.2 million parameters.</summary>
    public static YoloArchitecture V5Small { get; } = V5("yolov5s", depth: 0.33, width: 0.50);

    /// <summary>YOLOv5m: 21.2 million parameters.</summary>
    public static YoloArchitecture V5Medium { get; } = V5("yolov5m", depth: 0.67, width: 0.75);

    /// <summary>YOLOv5l: 46.6 million parameters.</summary>
    public static YoloArchitecture V5Large { get; } = V5("yolov5l", depth: 1.00, width: 1.00);

    /// <summary>YOLOv5x: 86.7 million parameters.</summary>
    public static YoloArchitecture V5XLarge { get; } = V5("yolov5x", depth: 1.33, width: 1.25);

    /// <summary>YOLOv5n6: four heads, for images of 1280 pixels; 3.2 million parameters.</summary>
    public static YoloArchitecture V5NanoP6 { get; } = V5P6("yolov5n6", depth: 0.33, width: 0.25);

    /// <summary>YOLOv5s6: four heads, for images of 1280 pixels; 12.6 million parameters.</summary>
    public static YoloArchitecture V5SmallP6 { get; } = V5P6("yolov5s6", depth: 0.33, width: 0.50);

    /// <summary>YOLOv5m6: four heads, for images of 1280 pixels; 35.7 million parameters.</summary>
    public static YoloArchitecture V5MediumP6 { get; } = V5P6("yolov5m6", depth: 0.67, width: 0.75);

    /// <summary>YOLOv5l6: four heads, for images of 1280 pixels; 76.8 million parameters.</summary>
    public static YoloArchitecture V5LargeP6 { get; } = V5P6("yolov5l6", depth: 1.00, width: 1.00);

    /// <summary>YOLOv5x6: four heads, for images of 1280 pixels; 140.7 million parameters.</summary>
    public static YoloArchitecture V5XLargeP6 { get; } = V5P6("yolov5x6", depth: 1.33, width: 1.25);

    /// <summary>YOLOv3, as Ultralytics builds it: Darknet-53 with SiLU; 61.9 million parameters.</summary>
    public static YoloArchitecture V3 { get; } = new("yolov3", FamilyDescriptions.V3, FamilyDescriptions.ThreeLayerAnchors);

    /// <summary>YOLOv3 with spatial pyramid pooling; 63.0 million parameters.</summary>
    public static YoloArchitecture V3Spp { get; } = new("yolov3-spp", FamilyDescriptions.V3Spp, FamilyDescriptions.ThreeLayerAnchors);

    /// <summary>YOLOv3-tiny: two heads; 8.9 million parameters.</summary>
    public static YoloArchitecture V3Tiny { get; } = new("yolov3-tiny", FamilyDescriptions.V3Tiny, FamilyDescriptions.TwoLayerAnchors);

    /// <summary>YOLOv5nu: YOLOv5's body without anchors; 2.7 million parameters.</summary>
    public static YoloArchitecture V5uNano { get; } = new("yolov5nu", FamilyDescriptions.V5u, depth: 0.33, width: 0.25);

    /// <summary>YOLOv5su: YOLOv5's body without anchors; 9.2 million parameters.</summary>
    public static YoloArchitecture V5uSmall { get; } = new("yolov5su", FamilyDescriptions.V5u, depth: 0.33, width: 0.50);

    /// <summary>YOLOv5mu: YOLOv5's body without anchors; 25.1 million parameters.</summary>
    public static YoloArchitecture V5uMedium { get; } = new("yolov5mu", FamilyDescriptions.V5u, depth: 0.67, width: 0.75);

    /// <summary>YOLOv5lu: YOLOv5's body without anchors; 53.2 million parameters.</summary>
    public static YoloArchitecture V5uLarge { get; } = new("yolov5lu", FamilyDescriptions.V5u, depth: 1.00, width: 1.00);

    /// <summary>YOLOv5xu: YOLOv5's body without anchors; 97.3 million parameters.</summary>
    public static YoloArchitecture V5uXLarge { get; } = new("yolov5xu", FamilyDescriptions.V5u, depth: 1.33, width: 1.25);

    /// <summary>YOLOv8n: without anchors; 3.2 million parameters.</summary>
    public static YoloArchitecture V8Nano { get; } = new("yolov8n", FamilyDescriptions.V8, depth: 0.33, width: 0.25, maxChannels: 1024);

    /// <summary>YOLOv8s: without anchors; 11.2 million parameters.</summary>
    public static YoloArchitecture V8Small { get; } = new("yolov8s", FamilyDescriptions.V8, depth: 0.33, width: 0.50, maxChannels: 1024);

    /// <summary>YOLOv8m: without anchors; 25.9 million parameters.</summary>
    public static YoloArchitecture V8Medium { get; } = new("yolov8m", FamilyDescriptions.V8, depth: 0.67, width: 0.75, maxChannels: 768);

    /// <summary>YOLOv8l: without anchors; 43.7 million parameters.</summary>
    public static YoloArchitecture V8Large { get; } = new("yolov8l", FamilyDescriptions.V8, depth: 1.00, width: 1.00, maxChannels: 512);

    /// <summary>YOLOv8x: without anchors; 68.2 million parameters.</summary>
    public static YoloArchitecture V8XLarge { get; } = new("yolov8x", FamilyDescriptions.V8, depth: 1.00, width: 1.25, maxChannels: 512);

    /// <summary>YOLO11n: without anchors; 2.6 million parameters.</summary>
    public static YoloArchitecture V11Nano { get; } = new("yolo11n", FamilyDescriptions.V11, depth: 0.50, width: 0.25, maxChannels: 1024);

    /// <summary>YOLO11s: without anchors; 9.5 million parameters.</summary>
    public static YoloArchitecture V11Small { get; } = new("yolo11s", FamilyDescriptions.V11, depth: 0.50, width: 0.50, maxChannels: 1024);

    /// <summary>YOLO11m: without anchors; 20.1 million parameters.</summary>
    public static YoloArchitecture V11Medium { get; } = new("yolo11m", FamilyDescriptions.V11Large, depth: 0.50, width: 1.00, maxChannels: 512);

    /// <summary>YOLO11l: without anchors; 25.4 million parameters.</summary>
    public static YoloArchitecture V11Large { get; } = new("yolo11l", FamilyDescriptions.V11Large, depth: 1.00, width: 1.00, maxChannels: 512);

    /// <summary>YOLO11x: without anchors; 57.0 million parameters.</summary>
    public static YoloArchitecture V11XLarge { get; } = new("yolo11x", FamilyDescriptions.V11Large, depth: 1.00, width: 1.50, maxChannels: 512);

    /// <summary>Every architecture of the library.</summary>
    public static IReadOnlyList<YoloArchitecture> All { get; } =
    [
        V5Nano, V5Small, V5Medium, V5Large, V5XLarge, V5NanoP6, V5SmallP6, V5MediumP6, V5LargeP6, V5XLargeP6, V3, V3Spp, V3Tiny,
        V5uNano, V5uSmall, V5uMedium, V5uLarge, V5uXLarge,
        V8Nano, V8Small, V8Medium, V8Large, V8XLarge,
        V11Nano, V11Small, V11Medium, V11Large, V11XLarge,
    ];

    /// <summary>The name the reference uses, such as "yolov5n", or the one given to a description of your own.</summary>
    public string Name { get; }

    /// <summary>Pixels per cell, one number per layer of predictions, finest first. The image size must be a multiple of the last.</summary>
    public IReadOnlyList<int> Strides { get; }

    /// <summary>Layers in order.</summary>
    internal LayerDescription[] Layers { get; }

    /// <summary>The last layer.</summary>
    internal HeadDescription Head => (HeadDescription)Layers[^1];

    /// <summary>Anchors in pixels of the network's input; null where the head has none.</summary>
    internal AnchorSet? Anchors { get; }

    /// <summary>Depth and width.</summary>
    internal NetworkScale Scale { get; }

    /// <summary>The architecture of the library that has this name.</summary>
    /// <param name="name">As in <see cref="Name"/>, any casing.</param>
    /// <exception cref="ArgumentException">No architecture has that name.</exception>
    public static YoloArchitecture Parse(string name)
        => All.FirstOrDefault(architecture => string.Equals(architecture.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"No architecture is named '{name}'; there are {string.Join(", ", All)}.", nameof(name));

    /// <summary>Whether the descriptions are the same, name included.</summary>
    /// <param name="other">Another architecture.</param>
    public bool Equals(YoloArchitecture? other)
        => other is not null && Name == other.Name
            && (ReferenceEquals(this, other) || ArchitectureConverter.Describe(this) == ArchitectureConverter.Describe(other));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as YoloArchitecture);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static YoloArchitecture V5(string name, double depth, double width)
        => new(name, FamilyDescriptions.V5, FamilyDescriptions.ThreeLayerAnchors, depth, width);

    private static YoloArchitecture V5P6(string name, double depth, double width)
        => new(name, FamilyDescriptions.V5P6, FamilyDescriptions.FourLayerAnchors, depth, width);

    private int[] FindStrides()
    {
        var shapes = ShapeInference.Follow(this, ProbeSize, ProbeSize);
        var heads = Array.ConvertAll(ShapeInference.Sources(Layers, Layers.Length - 1), source => source < 0 ? default : shapes[source]);
        foreach (var head in heads)
        {
            if (head.Height < 1 || head.Height != head.Width || ProbeSize % head.Height != 0)
            {
                throw new ArgumentException(
                    $"'{Name}': a layer of predictions on a map of {head} has no whole stride in an image of {ProbeSize} × {ProbeSize} pixels.");
            }
        }

        var strides = Array.ConvertAll(heads, head => ProbeSize / head.Height);
        return strides.SequenceEqual(strides.Order())
            ? strides
            : throw new ArgumentException($"'{Name}': the layers of predictions have strides {string.Join(", ", strides)}; they must be listed finest first.");
    }

    private static AnchorSet Anchored(string name, float[,,] anchors)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        try
        {
            return new AnchorSet(anchors);
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"'{name}': {exception.Message}", nameof(anchors), exception);
        }
    }

    private void CheckAnchors()
    {
        if (Head.HasAnchors != Anchors is not null)
        {
            throw new ArgumentException(
                $"'{Name}': {(Anchors is null ? "its head needs anchors, and it has no anchors" : "its head has no use for the anchors that are given")}.");
        }

        if (Anchors is { } anchors && anchors.LayerCount != Strides.Count)
            throw new ArgumentException($"'{Name}': the anchors are for {anchors.LayerCount} layers of predictions; the head has {Strides.Count}.");
    }
}
