namespace ML.Yolo.Training;

/// <summary>Random numbers that depend on where they are used, not on what was drawn before: worker count and order change nothing.</summary>
internal static class SampleRandom
{
    /// <summary>Numbers for one sample of one epoch.</summary>
    public static Random ForSample(int seed, int epoch, int index) => new(Mix(seed, epoch, index));

    /// <summary>Numbers for an epoch as a whole, such as its order.</summary>
    public static Random ForEpoch(int seed, int epoch) => new(Mix(seed, epoch, -1));

    private static int Mix(int seed, int epoch, int index)
    {
        // The finaliser of SplitMix64 (Steele et al. 2014): neighbouring inputs give unrelated outputs.
        var state = ((ulong)(uint)seed << 32) ^ ((ulong)(uint)epoch * 0x9E3779B97F4A7C15) ^ ((ulong)(uint)index * 0xD1B54A32D192ED03);
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
        return (int)(state ^ (state >> 31));
    }
}
