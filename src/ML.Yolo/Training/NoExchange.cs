namespace ML.Yolo.Training;

/// <summary>One learner, who has nobody to agree with.</summary>
internal sealed class NoExchange : GradientExchange
{
    public override void SumGradients(YoloNetwork network)
    {
    }

    public override void CollectGradients(YoloNetwork network)
    {
    }

    public override void ShareWeights(YoloNetwork network)
    {
    }
}
