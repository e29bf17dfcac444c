using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>Runs the network itself.</summary>
internal sealed class SinglePrecisionRunner(YoloNetwork network) : NetworkRunner(network)
{
    public override void Train() => Network.train();

    public override Tensor[] Forward(Tensor images) => Network.call(images);

    public override void Collect()
    {
    }

    public override void Refresh()
    {
    }

    public override void Dispose()
    {
    }
}
