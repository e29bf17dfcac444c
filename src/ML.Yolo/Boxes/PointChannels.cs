namespace ML.Yolo.Boxes;

/// <summary>What the numbers of one prediction of a point head are: four sides of 16 bins, then one per class.</summary>
internal static class PointChannels
{
    /// <summary>The first of the classes.</summary>
    public const int FirstClass = YoloV8BoxCoding.Sides * YoloV8BoxCoding.Bins;

    /// <summary>Channels for that many classes: 64 + C.</summary>
    public static int Of(int classCount) => FirstClass + classCount;

    /// <summary>Classes of that many channels.</summary>
    public static int ClassCount(long channels) => (int)channels - FirstClass;
}
