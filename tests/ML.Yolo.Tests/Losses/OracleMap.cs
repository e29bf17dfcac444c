using static TorchSharp.torch;

namespace ML.Yolo.Tests.Losses;

/// <summary>One layer of predictions as plain numbers, each with the slope of a direction of its own.</summary>
internal sealed class OracleMap
{
    private readonly double[] _values;
    private readonly double[] _slopes;
    private readonly long[] _shape;

    /// <param name="logits">(B, A, H, W, 5 + C) of double.</param>
    /// <param name="direction">The same shape: along what the loss is differentiated.</param>
    public OracleMap(Tensor logits, Tensor direction)
        => (_values, _slopes, _shape) = (logits.detach().data<double>().ToArray(), direction.data<double>().ToArray(), logits.shape);

    public int Batch => (int)_shape[0];

    public int Anchors => (int)_shape[1];

    public int Height => (int)_shape[2];

    public int Width => (int)_shape[3];

    public int ClassCount => (int)_shape[4] - 5;

    public Dual this[int image, int anchor, int y, int x, int channel]
    {
        get
        {
            var index = (((((((image * _shape[1]) + anchor) * _shape[2]) + y) * _shape[3]) + x) * _shape[4]) + channel;
            return new(_values[index], _slopes[index]);
        }
    }
}
