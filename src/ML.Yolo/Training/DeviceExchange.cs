namespace ML.Yolo.Training;

/// <summary>The devices of this machine: the first one's network gets all gradients and steps, the others take its weights.</summary>
internal sealed class DeviceExchange(DeviceReplicas replicas) : GradientExchange
{
    public override void SumGradients(YoloNetwork network)
    {
        foreach (var copy in replicas.Copies)
            GradientSum.Move(copy, network);
    }

    public override void CollectGradients(YoloNetwork network) => SumGradients(network);

    public override void ShareWeights(YoloNetwork network)
    {
        foreach (var copy in replicas.Copies)
            copy.CopyStateFrom(network);
    }
}
