namespace ML.Yolo;

/// <summary>
/// What happens with a target that no prediction can take, whatever it says, so that the network cannot learn it: no anchor of any layer suits it, or no
/// point lies within it.
/// </summary>
public enum UnassignedTargets
{
    /// <summary>Nothing: the target adds nothing to the loss.</summary>
    Ignore,

    /// <summary>The first time it happens, <see cref="DetectionLoss.Warning"/> is told how many targets of the batch were left out.</summary>
    Warn,

    /// <summary>An <see cref="InvalidOperationException"/> names the image and the box.</summary>
    Throw,
}
