using ML.Yolo.Networks;
using static ML.Yolo.Networks.LayerDescription;

namespace ML.Yolo;

/// <summary>A network of the family: a description of its layers, scaled in depth and width, with strides and anchors.</summary>
public sealed class YoloArchitecture : IEquatable<YoloArchitecture>
{
    private static readonly float[,,] V5Anchors =
    {
        { { 10, 13 }, { 16, 30 }, { 33, 23 } },
        { { 30, 61 }, { 62, 45 }, { 59, 119 } },
        { { 116, 90 }, { 156, 198 }, { 373, 326 } },
    };

    /// <summary>YOLOv5 v6 and later: a CSP backbone, a path aggregation neck, three heads.</summary>
    private static readonly LayerDescription[] V5Layers =
    [
        Conv(64, kernel: 6, stride: 2, padding: 2),  //  0  stride 2
        Conv(128, kernel: 3, stride: 2),             //  1  stride 4
        C3(128, repeats: 3),                         //  2
        Conv(256, kernel: 3, stride: 2),             //  3  stride 8
        C3(256, repeats: 6),                         //  4
        Conv(512, kernel: 3, stride: 2),             //  5  stride 16
        C3(512, repeats: 9),                         //  6
        Conv(1024, kernel: 3, stride: 2),            //  7  stride 32
        C3(1024, repeats: 3),                        //  8
        Sppf(1024),                                  //  9
        Conv(512, kernel: 1),                        // 10
        Upsample(),                                  // 11  stride 16
        ConcatWith(6),                               // 12
        C3(512, repeats: 3, shortcut: false),        // 13
        Conv(256, kernel: 1),                        // 14
        Upsample(),                                  // 15  stride 8
        ConcatWith(4),                               // 16
        C3(256, repeats: 3, shortcut: false),        // 17  finest head
        Conv(256, kernel: 3, stride: 2),             // 18  stride 16
        ConcatWith(14),                              // 19
        C3(512, repeats: 3, shortcut: false),        // 20  middle head
        Conv(512, kernel: 3, stride: 2),             // 21  stride 32
        ConcatWith(10),                              // 22
        C3(1024, repeats: 3, shortcut: false),       // 23  coarsest head
        Detect(17, 20, 23),                          // 24
    ];

    private YoloArchitecture(string name, double depth, double width, LayerDescription[] layers, int[] strides, float[,,] anchors)
        => (Name, Depth, Width, Layers, Strides, AnchorsInPixels) = (name, depth, width, layers, strides, anchors);

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

    /// <summary>Every architecture of the library.</summary>
    public static IReadOnlyList<YoloArchitecture> All { get; } = [V5Nano, V5Small, V5Medium, V5Large, V5XLarge];

    /// <summary>The name the reference uses, such as "yolov5n".</summary>
    public string Name { get; }

    /// <summary>Pixels a cell, one number a layer of predictions, finest first. The image size must be a multiple of the last.</summary>
    public IReadOnlyList<int> Strides { get; }

    /// <summary>Layers in order.</summary>
    internal LayerDescription[] Layers { get; }

    /// <summary>Anchors (L, A, 2): width and height in pixels of the network's input.</summary>
    internal float[,,] AnchorsInPixels { get; }

    private double Depth { get; }

    private double Width { get; }

    /// <summary>The architecture of that name.</summary>
    /// <param name="name">As in <see cref="Name"/>, any casing.</param>
    /// <exception cref="ArgumentException">No architecture has that name.</exception>
    public static YoloArchitecture Parse(string name)
        => All.FirstOrDefault(architecture => string.Equals(architecture.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"No architecture is named '{name}'; there are {string.Join(", ", All)}.", nameof(name));

    /// <inheritdoc/>
    public bool Equals(YoloArchitecture? other) => other is not null && Name == other.Name;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as YoloArchitecture);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Channels of a layer at this width: a multiple of eight.</summary>
    internal int ScaleChannels(int channels) => (int)Math.Ceiling(channels * Width / 8) * 8;

    /// <summary>Repeats of a block at this depth: at least one.</summary>
    internal int ScaleRepeats(int repeats) => Math.Max((int)Math.Round(repeats * Depth, MidpointRounding.ToEven), 1);

    private static YoloArchitecture V5(string name, double depth, double width) => new(name, depth, width, V5Layers, [8, 16, 32], V5Anchors);
}
