namespace ML.Yolo.Evaluation;

/// <summary>Scores and outcomes of all detections of one class, kept until every image was seen.</summary>
/// <typeparam name="TOutcome">What matching said of a detection, in a few bytes.</typeparam>
internal sealed class ClassDetections<TOutcome>
    where TOutcome : unmanaged
{
    private readonly List<float> _scores = [];
    private readonly List<TOutcome> _outcomes = [];

    public int Count => _scores.Count;

    public void Add(float score, TOutcome outcome)
    {
        _scores.Add(score);
        _outcomes.Add(outcome);
    }

    /// <summary>Scores and outcomes, most confident first; of equals the one added first.</summary>
    public (float[] Scores, TOutcome[] Outcomes) Rank()
    {
        // One number orders both by falling score and by rising place: sorting it is stable and fast.
        var keys = new ulong[_scores.Count];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = ((ulong)FallingKey(_scores[i]) << 32) | (uint)i;
        Array.Sort(keys);
        var places = Array.ConvertAll(keys, key => (int)(uint)key);
        return (Array.ConvertAll(places, place => _scores[place]), Array.ConvertAll(places, place => _outcomes[place]));
    }

    /// <summary>A number that falls as the score rises.</summary>
    private static uint FallingKey(float score)
    {
        var bits = BitConverter.SingleToUInt32Bits(score + 0f);                           // −0 becomes 0
        return (bits & 0x80000000) == 0 ? ~(bits | 0x80000000) : bits;
    }
}
