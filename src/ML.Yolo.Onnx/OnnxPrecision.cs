namespace ML.Yolo;

/// <summary>The numbers an exported network computes with. Inputs and outputs are 32-bit either way.</summary>
public enum OnnxPrecision
{
    /// <summary>32 bits.</summary>
    Full,

    /// <summary>
    /// 16 bits for the convolutions: half the file, and faster where the hardware has them. Boxes are still decoded with 32 bits, since 16 hold 640 pixels
    /// to half a pixel only.
    /// </summary>
    Half,
}
