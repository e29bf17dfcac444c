namespace ML.Yolo.Cli.Tests;

/// <summary>Tests that share one trained model.</summary>
[CollectionDefinition(Name)]
public sealed class WithTrainedRun : ICollectionFixture<TrainedRun>
{
    /// <summary>Its name.</summary>
    public const string Name = nameof(TrainedRun);
}
