namespace ML.Yolo.Training;

/// <summary>What a recipe knows of a run when it chooses.</summary>
internal sealed record RecipeRun
{
    /// <summary>Training images, at least 1.</summary>
    public required int Images { get; init; }

    /// <summary>Passes over them, at least 1.</summary>
    public required int Epochs { get; init; }

    /// <summary>Images per forward pass, at least 1.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Classes, at least 1.</summary>
    public required int ClassCount { get; init; }

    /// <summary>Whether some class has no pretrained weights in the head.</summary>
    public required bool IsHeadNew { get; init; }

    /// <summary>Whether the network predicts by anchors.</summary>
    public required bool HasAnchors { get; init; }

    /// <summary>The optimiser that was named; <see cref="OptimizerKind.Auto"/> where none was.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Auto;

    /// <summary>Images per step that were named; null where they were not.</summary>
    public int? NominalBatchSize { get; init; }
}
