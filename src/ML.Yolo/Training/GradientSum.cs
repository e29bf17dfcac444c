using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>Adds up the gradients of copies of one network, in single precision.</summary>
internal static class GradientSum
{
    /// <summary>Adds the gradients of one copy to those of another, on its device, and clears them where they were.</summary>
    public static void Move(YoloNetwork from, YoloNetwork to)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (own, other) in to.parameters().Zip(from.parameters()))
        {
            if (other.grad is not { } gradient)
                continue;
            var moved = gradient.to(ScalarType.Float32, own.device);
            own.grad = own.grad is { } sum ? sum.AddInPlace(moved) : moved.clone();
            gradient.zero_();
        }
    }
}
