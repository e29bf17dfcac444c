using static TorchSharp.torch;

namespace ML.Yolo.Networks;

/// <summary>
/// Memory order B, H, W, C behind tensors of shape (B, C, H, W): on a CPU convolutions run about a quarter faster in it. Values and shapes are as ever.
/// </summary>
internal static class ChannelsLast
{
    /// <summary>The same values in that order; the tensor itself where it is so already.</summary>
    public static Tensor Of(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Reorders the weights of every convolution of a module.</summary>
    public static void Apply(nn.Module module)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var weight in module.parameters().Where(parameter => parameter.dim() == 4))
            weight.set_(Of(weight.detach()));
    }
}
