using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

/// <summary>Joins maps of one height and width along their channels.</summary>
internal sealed class ConcatBlock() : Module<Tensor[], Tensor>(nameof(ConcatBlock))
{
    public override Tensor forward(Tensor[] inputs) => cat(inputs, 1);
}
