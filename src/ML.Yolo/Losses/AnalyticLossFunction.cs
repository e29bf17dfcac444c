using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>Shows an <see cref="AnalyticLoss"/> to LibTorch as one operation from maps to a scalar.</summary>
internal sealed class AnalyticLossFunction : autograd.SingleTensorFunction<AnalyticLossFunction>
{
    private const string Loss = "loss";

    public override string Name => nameof(AnalyticLossFunction);

    /// <summary>The loss as a scalar of the maps' type, differentiable in the maps.</summary>
    public static Tensor Of(AnalyticLoss loss, IReadOnlyList<Tensor> maps) => apply([loss, .. maps]);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var loss = (AnalyticLoss)vars[0];
        ctx.save_data(Loss, loss);
        ctx.save_for_backward(loss.Saved);
        return tensor(loss.Total, ((Tensor)vars[1]).dtype);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var loss = (AnalyticLoss)ctx.get_data(Loss);
        using var scope = NewDisposeScope();
        var gradients = loss.Gradients(ctx.get_saved_variables(), grad_output.to(ScalarType.Float64).item<double>());
        return [null!, .. gradients.Select(gradient => gradient.MoveToOuterDisposeScope())];
    }
}
