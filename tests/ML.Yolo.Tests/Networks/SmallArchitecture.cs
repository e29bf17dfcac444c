using static ML.Yolo.LayerDescription;

namespace ML.Yolo.Tests.Networks;

/// <summary>A description as a user of the library would write one, with every kind of block of YOLOv3 and YOLOv5 in it.</summary>
internal static class SmallArchitecture
{
    public static YoloArchitecture EveryBlock { get; } = new(
        "every-block",
        [
            Conv(8, kernel: 6, stride: 2, padding: 2),  //  0  stride 2
            MaxPool(kernel: 2, stride: 2),              //  1  stride 4
            C3(16, repeats: 2),                         //  2
            Conv(16, kernel: 3, stride: 2),             //  3  stride 8
            Bottleneck(16, repeats: 2),                 //  4
            ZeroPad(right: 1, bottom: 1),               //  5
            MaxPool(kernel: 2, stride: 1),              //  6
            Conv(24, kernel: 3, stride: 2),             //  7  stride 16
            Sppf(24, kernel: 3),                        //  8
            Spp(16, 3, 5),                              //  9
            Bottleneck(24, shortcut: false),            // 10
            Conv(16, kernel: 1, from: -2),              // 11
            Upsample(),                                 // 12  stride 8
            ConcatWith(4),                              // 13
            C3(16, repeats: 1, shortcut: false),        // 14
            Detect(14, 10),                             // 15
        ],
        Anchors);

    /// <summary>Depthwise convolutions: as many groups as channels, and fewer where the channels in and out differ.</summary>
    public static YoloArchitecture Depthwise { get; } = new(
        "depthwise",
        [
            Conv(16, kernel: 3, stride: 2),             //  0  stride 2
            DepthwiseConv(16, kernel: 3, stride: 2),    //  1  stride 4, 16 groups
            DepthwiseConv(24, kernel: 5, stride: 2),    //  2  stride 8, 8 groups
            Conv(24, kernel: 3, stride: 2),             //  3  stride 16
            Detect(2, 3),                               //  4
        ],
        Anchors);

    /// <summary>Every kind of block of YOLOv8 and YOLO11, under a head without anchors.</summary>
    public static YoloArchitecture Points { get; } = new(
        "points",
        [
            Conv(16, kernel: 3, stride: 2),             //  0  stride 2
            Conv(16, kernel: 3, stride: 2),             //  1  stride 4
            C2f(16, repeats: 2),                        //  2
            Conv(24, kernel: 3, stride: 2),             //  3  stride 8
            C3k2(24, repeats: 2, expansion: 0.25),      //  4
            C3k(24, repeats: 1, shortcut: false),       //  5
            Conv(32, kernel: 3, stride: 2),             //  6  stride 16
            C3k2(32, repeats: 1, c3k: true),            //  7
            Sppf(32),                                   //  8
            C2Psa(32, repeats: 2),                      //  9
            Upsample(),                                 // 10  stride 8
            ConcatWith(5),                              // 11
            C2f(24, repeats: 1, shortcut: false),       // 12
            DetectPoints(12, 9),                        // 13
        ]);

    /// <summary>The same with depthwise convolutions in the class towers, and wide enough for several heads of attention.</summary>
    public static YoloArchitecture WidePoints { get; } = new("wide-points", [.. Points.Layers[..^1], DetectPointsDepthwise(12, 9)], width: 8, maxChannels: 32);

    public static float[,,] Anchors => new float[,,] { { { 8, 8 }, { 16, 12 } }, { { 24, 32 }, { 48, 40 } } };
}
