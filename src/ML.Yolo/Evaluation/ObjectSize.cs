namespace ML.Yolo;

/// <summary>COCO's sizes of objects, by their area in the image.</summary>
public enum ObjectSize
{
    /// <summary>Up to 32² square pixels.</summary>
    Small,

    /// <summary>From 32² to 96² square pixels.</summary>
    Medium,

    /// <summary>From 96² square pixels.</summary>
    Large,
}
