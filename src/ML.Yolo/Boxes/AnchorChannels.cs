namespace ML.Yolo.Boxes;

/// <summary>What the numbers of one prediction of an anchor head are: x, y, w, h, objectness, then one per class.</summary>
internal static class AnchorChannels
{
    /// <summary>Says whether there is an object at all.</summary>
    public const int Objectness = 4;

    /// <summary>The first of the classes.</summary>
    public const int FirstClass = 5;

    /// <summary>Channels for that many classes: 5 + C.</summary>
    public static int Of(int classCount) => FirstClass + classCount;

    /// <summary>Classes of that many channels.</summary>
    public static int ClassCount(long channels) => (int)channels - FirstClass;
}
