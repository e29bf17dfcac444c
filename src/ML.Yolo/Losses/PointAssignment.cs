using static TorchSharp.torch;

namespace ML.Yolo.Losses;

/// <summary>Which predictions learn which targets. No prediction is there twice with a score above 0.</summary>
/// <param name="Slots">(R) of int64: image · N + point.</param>
/// <param name="Targets">(R) of int64: row of a <see cref="TargetTable"/>.</param>
/// <param name="Scores">
/// (R): the class score to learn, in [0, 1]; 0 where the row is none after all, so that nobody need wait to know how many there are.
/// </param>
internal sealed record PointAssignment(Tensor Slots, Tensor Targets, Tensor Scores)
{
    /// <summary>Number of rows, R.</summary>
    public long Count => Slots.shape[0];

    /// <summary>No row.</summary>
    public static PointAssignment None(ScalarType type, Device device)
        => new(zeros(0, ScalarType.Int64, device), zeros(0, ScalarType.Int64, device), zeros(0, type, device));

    /// <summary>Hands the tensors to the dispose scope around the current one.</summary>
    public PointAssignment MoveToOuterDisposeScope()
    {
        Slots.MoveToOuterDisposeScope();
        Targets.MoveToOuterDisposeScope();
        Scores.MoveToOuterDisposeScope();
        return this;
    }
}
