namespace ML.Yolo.Distributed;

/// <summary>Another rank was canceled, and so this one is.</summary>
/// <param name="rank">That rank.</param>
/// <param name="size">Number of ranks.</param>
internal sealed class OtherRankCanceledException(int rank, int size)
    : OperationCanceledException(FormattableString.Invariant($"Rank {rank} of {size} was canceled, and so all are."))
{
}
