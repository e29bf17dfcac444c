using System.Runtime.InteropServices;

namespace ML.Yolo.Evaluation;

/// <summary>What COCO's matching said of one detection: a bit for each range of areas and IoU threshold (<see cref="CocoMatcher.Bit"/>).</summary>
/// <param name="Right">Whether it found an object that is looked for.</param>
/// <param name="Ignored">Whether it counts neither as right nor as wrong.</param>
/// <param name="Rank">How many detections of its image and class are more confident.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct CocoOutcome(ulong Right, ulong Ignored, byte Rank);
