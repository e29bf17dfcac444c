namespace ML.Yolo.Training.Augmentation;

/// <summary>How two images share one: by a number that is nearly always near a half.</summary>
internal static class MixUp
{
    private const int Shape = 32;

    /// <summary>The second image's share, from the beta distribution with both parameters 32.</summary>
    /// <remarks>With whole parameters a beta number is the middle one of 2 · 32 − 1 uniform numbers.</remarks>
    public static float DrawShare(Random random)
    {
        Span<float> numbers = stackalloc float[(2 * Shape) - 1];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = random.NextSingle();
        numbers.Sort();
        return numbers[Shape - 1];
    }
}
