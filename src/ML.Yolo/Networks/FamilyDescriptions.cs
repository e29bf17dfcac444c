using static ML.Yolo.LayerDescription;

namespace ML.Yolo.Networks;

/// <summary>The networks of the family, layer by layer, at full depth and width.</summary>
internal static class FamilyDescriptions
{
    /// <summary>Anchors of three layers, pixels: fitted to COCO at 640.</summary>
    public static readonly float[,,] ThreeLayerAnchors =
    {
        { { 10, 13 }, { 16, 30 }, { 33, 23 } },
        { { 30, 61 }, { 62, 45 }, { 59, 119 } },
        { { 116, 90 }, { 156, 198 }, { 373, 326 } },
    };

    /// <summary>Anchors of four layers, pixels: fitted to COCO at 1280.</summary>
    public static readonly float[,,] FourLayerAnchors =
    {
        { { 19, 27 }, { 44, 40 }, { 38, 94 } },
        { { 96, 68 }, { 86, 152 }, { 180, 137 } },
        { { 140, 301 }, { 303, 264 }, { 238, 542 } },
        { { 436, 615 }, { 739, 380 }, { 925, 792 } },
    };

    /// <summary>Anchors of YOLOv3-tiny's two layers, pixels.</summary>
    public static readonly float[,,] TwoLayerAnchors =
    {
        { { 10, 14 }, { 23, 27 }, { 37, 58 } },
        { { 81, 82 }, { 135, 169 }, { 344, 319 } },
    };

    /// <summary>YOLOv5 v6 and later: a CSP backbone, a path aggregation neck, three heads.</summary>
    public static readonly LayerDescription[] V5 =
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

    /// <summary>YOLOv5u: the same body under the point head of YOLOv8.</summary>
    public static readonly LayerDescription[] V5u = [.. V5[..^1], DetectPoints(17, 20, 23)];

    /// <summary>YOLOv5 P6: one stage and one head more, for images of 1280 pixels.</summary>
    public static readonly LayerDescription[] V5P6 =
    [
        Conv(64, kernel: 6, stride: 2, padding: 2),  //  0  stride 2
        Conv(128, kernel: 3, stride: 2),             //  1  stride 4
        C3(128, repeats: 3),                         //  2
        Conv(256, kernel: 3, stride: 2),             //  3  stride 8
        C3(256, repeats: 6),                         //  4
        Conv(512, kernel: 3, stride: 2),             //  5  stride 16
        C3(512, repeats: 9),                         //  6
        Conv(768, kernel: 3, stride: 2),             //  7  stride 32
        C3(768, repeats: 3),                         //  8
        Conv(1024, kernel: 3, stride: 2),            //  9  stride 64
        C3(1024, repeats: 3),                        // 10
        Sppf(1024),                                  // 11
        Conv(768, kernel: 1),                        // 12
        Upsample(),                                  // 13  stride 32
        ConcatWith(8),                               // 14
        C3(768, repeats: 3, shortcut: false),        // 15
        Conv(512, kernel: 1),                        // 16
        Upsample(),                                  // 17  stride 16
        ConcatWith(6),                               // 18
        C3(512, repeats: 3, shortcut: false),        // 19
        Conv(256, kernel: 1),                        // 20
        Upsample(),                                  // 21  stride 8
        ConcatWith(4),                               // 22
        C3(256, repeats: 3, shortcut: false),        // 23  first head
        Conv(256, kernel: 3, stride: 2),             // 24  stride 16
        ConcatWith(20),                              // 25
        C3(512, repeats: 3, shortcut: false),        // 26  second head
        Conv(512, kernel: 3, stride: 2),             // 27  stride 32
        ConcatWith(16),                              // 28
        C3(768, repeats: 3, shortcut: false),        // 29  third head
        Conv(768, kernel: 3, stride: 2),             // 30  stride 64
        ConcatWith(12),                              // 31
        C3(1024, repeats: 3, shortcut: false),       // 32  fourth head
        Detect(23, 26, 29, 32),                      // 33
    ];

    /// <summary>YOLOv8: YOLOv5's shape with denser blocks and a head without anchors.</summary>
    public static readonly LayerDescription[] V8 =
    [
        Conv(64, kernel: 3, stride: 2),              //  0  stride 2
        Conv(128, kernel: 3, stride: 2),             //  1  stride 4
        C2f(128, repeats: 3),                        //  2
        Conv(256, kernel: 3, stride: 2),             //  3  stride 8
        C2f(256, repeats: 6),                        //  4
        Conv(512, kernel: 3, stride: 2),             //  5  stride 16
        C2f(512, repeats: 6),                        //  6
        Conv(1024, kernel: 3, stride: 2),            //  7  stride 32
        C2f(1024, repeats: 3),                       //  8
        Sppf(1024),                                  //  9
        Upsample(),                                  // 10  stride 16
        ConcatWith(6),                               // 11
        C2f(512, repeats: 3, shortcut: false),       // 12
        Upsample(),                                  // 13  stride 8
        ConcatWith(4),                               // 14
        C2f(256, repeats: 3, shortcut: false),       // 15  finest head
        Conv(256, kernel: 3, stride: 2),             // 16  stride 16
        ConcatWith(12),                              // 17
        C2f(512, repeats: 3, shortcut: false),       // 18  middle head
        Conv(512, kernel: 3, stride: 2),             // 19  stride 32
        ConcatWith(9),                               // 20
        C2f(1024, repeats: 3, shortcut: false),      // 21  coarsest head
        DetectPoints(15, 18, 21),                    // 22
    ];

    /// <summary>YOLO11 in its two smaller sizes: bottlenecks in the fine blocks, C3k blocks in the coarse ones.</summary>
    public static readonly LayerDescription[] V11 = V11With(c3kEverywhere: false);

    /// <summary>YOLO11 in its three larger sizes: C3k blocks throughout.</summary>
    public static readonly LayerDescription[] V11Large = V11With(c3kEverywhere: true);

    /// <summary>YOLOv3: Darknet-53 and a feature pyramid.</summary>
    public static readonly LayerDescription[] V3 = V3With(Conv(512, kernel: 1));

    /// <summary>YOLOv3 with spatial pyramid pooling before its coarsest head.</summary>
    public static readonly LayerDescription[] V3Spp = V3With(Spp(512, 5, 9, 13));

    /// <summary>YOLOv3-tiny: plain convolutions and max pools, two heads.</summary>
    public static readonly LayerDescription[] V3Tiny =
    [
        Conv(16, kernel: 3),                         //  0
        MaxPool(kernel: 2, stride: 2),               //  1  stride 2
        Conv(32, kernel: 3),                         //  2
        MaxPool(kernel: 2, stride: 2),               //  3  stride 4
        Conv(64, kernel: 3),                         //  4
        MaxPool(kernel: 2, stride: 2),               //  5  stride 8
        Conv(128, kernel: 3),                        //  6
        MaxPool(kernel: 2, stride: 2),               //  7  stride 16
        Conv(256, kernel: 3),                        //  8
        MaxPool(kernel: 2, stride: 2),               //  9  stride 32
        Conv(512, kernel: 3),                        // 10
        ZeroPad(right: 1, bottom: 1),                // 11  so that the next pool keeps the size
        MaxPool(kernel: 2, stride: 1),               // 12
        Conv(1024, kernel: 3),                       // 13
        Conv(256, kernel: 1),                        // 14
        Conv(512, kernel: 3),                        // 15  coarse head
        Conv(128, kernel: 1, from: -2),              // 16
        Upsample(),                                  // 17  stride 16
        ConcatWith(8),                               // 18
        Conv(256, kernel: 3),                        // 19  fine head
        Detect(19, 15),                              // 20
    ];

    private static LayerDescription[] V11With(bool c3kEverywhere) =>
    [
        Conv(64, kernel: 3, stride: 2),              //  0  stride 2
        Conv(128, kernel: 3, stride: 2),             //  1  stride 4
        C3k2(256, repeats: 2, c3kEverywhere, expansion: 0.25), // 2
        Conv(256, kernel: 3, stride: 2),             //  3  stride 8
        C3k2(512, repeats: 2, c3kEverywhere, expansion: 0.25), // 4
        Conv(512, kernel: 3, stride: 2),             //  5  stride 16
        C3k2(512, repeats: 2, c3k: true),            //  6
        Conv(1024, kernel: 3, stride: 2),            //  7  stride 32
        C3k2(1024, repeats: 2, c3k: true),           //  8
        Sppf(1024),                                  //  9
        C2Psa(1024, repeats: 2),                     // 10
        Upsample(),                                  // 11  stride 16
        ConcatWith(6),                               // 12
        C3k2(512, repeats: 2, c3kEverywhere),        // 13
        Upsample(),                                  // 14  stride 8
        ConcatWith(4),                               // 15
        C3k2(256, repeats: 2, c3kEverywhere),        // 16  finest head
        Conv(256, kernel: 3, stride: 2),             // 17  stride 16
        ConcatWith(13),                              // 18
        C3k2(512, repeats: 2, c3kEverywhere),        // 19  middle head
        Conv(512, kernel: 3, stride: 2),             // 20  stride 32
        ConcatWith(10),                              // 21
        C3k2(1024, repeats: 2, c3k: true),           // 22  coarsest head
        DetectPointsDepthwise(16, 19, 22),           // 23
    ];

    private static LayerDescription[] V3With(LayerDescription pooling) =>
    [
        Conv(32, kernel: 3),                         //  0
        Conv(64, kernel: 3, stride: 2),              //  1  stride 2
        Bottleneck(64),                              //  2
        Conv(128, kernel: 3, stride: 2),             //  3  stride 4
        Bottleneck(128, repeats: 2),                 //  4
        Conv(256, kernel: 3, stride: 2),             //  5  stride 8
        Bottleneck(256, repeats: 8),                 //  6
        Conv(512, kernel: 3, stride: 2),             //  7  stride 16
        Bottleneck(512, repeats: 8),                 //  8
        Conv(1024, kernel: 3, stride: 2),            //  9  stride 32
        Bottleneck(1024, repeats: 4),                // 10
        Bottleneck(1024, shortcut: false),           // 11
        pooling,                                     // 12
        Conv(1024, kernel: 3),                       // 13
        Conv(512, kernel: 1),                        // 14
        Conv(1024, kernel: 3),                       // 15  coarsest head
        Conv(256, kernel: 1, from: -2),              // 16
        Upsample(),                                  // 17  stride 16
        ConcatWith(8),                               // 18
        Bottleneck(512, shortcut: false),            // 19
        Bottleneck(512, shortcut: false),            // 20
        Conv(256, kernel: 1),                        // 21
        Conv(512, kernel: 3),                        // 22  middle head
        Conv(128, kernel: 1, from: -2),              // 23
        Upsample(),                                  // 24  stride 8
        ConcatWith(6),                               // 25
        Bottleneck(256, shortcut: false),            // 26
        Bottleneck(256, repeats: 2, shortcut: false), // 27  finest head
        Detect(27, 22, 15),                          // 28
    ];
}
