using System.Numerics;
using System.Runtime.InteropServices;

namespace ML.Yolo.Training.Augmentation;

/// <summary>Multiplies hue, saturation and value of an image by one factor each, a vector of pixels at a time.</summary>
internal static class HsvJitter
{
    private const float Sextants = 6;
    private const float Tiny = 1e-6f;

    // Offsets of red, green and blue in the closed form of the conversion back, in sextants of the colour circle.
    private const float Red = 5;
    private const float Green = 3;
    private const float Blue = 1;

    /// <summary>Changes the colours in place.</summary>
    /// <param name="pixels">Four bytes per pixel: red, green, blue, and one that stays.</param>
    /// <param name="hue">Factor of the hue, in [0, 2].</param>
    /// <param name="saturation">Factor of the saturation, at least 0.</param>
    /// <param name="value">Factor of the value, at least 0.</param>
    public static void Apply(Span<byte> pixels, float hue, float saturation, float value)
    {
        var words = MemoryMarshal.Cast<byte, uint>(pixels);
        for (; words.Length >= Vector<uint>.Count; words = words[Vector<uint>.Count..])
            Jitter(new Vector<uint>(words), hue, saturation, value).CopyTo(words);
        if (words.IsEmpty)
            return;
        Span<uint> rest = stackalloc uint[Vector<uint>.Count];
        words.CopyTo(rest);
        Jitter(new Vector<uint>(rest), hue, saturation, value).CopyTo(rest);
        rest[..words.Length].CopyTo(words);
    }

    private static Vector<uint> Jitter(Vector<uint> pixels, float hueFactor, float saturationFactor, float valueFactor)
    {
        var (red, green, blue) = (Channel(pixels, 0), Channel(pixels, 8), Channel(pixels, 16));
        var value = Vector.Max(red, Vector.Max(green, blue));
        var chroma = value - Vector.Min(red, Vector.Min(green, blue));
        var hue = Wrap(Hue(red, green, blue, value, chroma) * hueFactor);
        var newValue = Vector.Min(value * valueFactor, new Vector<float>(255));
        var newChroma = Vector.Min(chroma / Vector.Max(value, new Vector<float>(Tiny)) * saturationFactor, Vector<float>.One) * newValue;
        return (pixels & new Vector<uint>(0xFF000000))
            | Back(hue, Red, newValue, newChroma)
            | Vector.ShiftLeft(Back(hue, Green, newValue, newChroma), 8)
            | Vector.ShiftLeft(Back(hue, Blue, newValue, newChroma), 16);
    }

    /// <summary>Sextants in [0, 6); gray has no hue, any will do.</summary>
    private static Vector<float> Hue(Vector<float> red, Vector<float> green, Vector<float> blue, Vector<float> value, Vector<float> chroma)
    {
        var divisor = Vector.Max(chroma, new Vector<float>(Tiny));
        var fromRed = (green - blue) / divisor;
        var fromGreen = ((blue - red) / divisor) + new Vector<float>(2);
        var fromBlue = ((red - green) / divisor) + new Vector<float>(4);
        var hue = Vector.ConditionalSelect(Vector.Equals(value, red), fromRed, Vector.ConditionalSelect(Vector.Equals(value, green), fromGreen, fromBlue));
        return Vector.ConditionalSelect(Vector.LessThan(hue, Vector<float>.Zero), hue + new Vector<float>(Sextants), hue);
    }

    private static Vector<float> Wrap(Vector<float> sextants)
        => Vector.ConditionalSelect(Vector.GreaterThanOrEqual(sextants, new Vector<float>(Sextants)), sextants - new Vector<float>(Sextants), sextants);

    private static Vector<float> Channel(Vector<uint> pixels, int shift)
        => Vector.ConvertToSingle(Vector.AsVectorInt32(Vector.ShiftRightLogical(pixels, shift) & new Vector<uint>(0xFF)));

    private static Vector<uint> Back(Vector<float> hue, float offset, Vector<float> value, Vector<float> chroma)
    {
        var k = Wrap(hue + new Vector<float>(offset));
        var weight = Vector.Max(Vector.Min(Vector.Min(k, new Vector<float>(4) - k), Vector<float>.One), Vector<float>.Zero);
        return Vector.AsVectorUInt32(Vector.ConvertToInt32(value - (chroma * weight) + new Vector<float>(0.5f)));
    }
}
