namespace ML.Yolo;

/// <summary>What happens with a target that no anchor of any layer takes, so that the network cannot learn it.</summary>
public enum UnassignedTargets
{
    /// <summary>Nothing: the target adds nothing to the loss.</summary>
    Ignore,

    /// <summary>The first time it happens, <see cref="DetectionLoss.Warning"/> is told how many targets of the batch were left out.</summary>
    Warn,

    /// <summary>An <see cref="InvalidOperationException"/> names the image and the box.</summary>
    Throw,
}
