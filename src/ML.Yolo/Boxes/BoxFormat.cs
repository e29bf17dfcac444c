namespace ML.Yolo;

/// <summary>What the four numbers of a box mean.</summary>
public enum BoxFormat
{
    /// <summary>Centre x, centre y, width, height.</summary>
    XyWh,

    /// <summary>Left, top, right, bottom.</summary>
    XyXy,
}
