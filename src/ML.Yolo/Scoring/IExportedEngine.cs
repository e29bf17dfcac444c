namespace ML.Yolo.Scoring;

/// <summary>An engine that runs an exported model, which is kept as it is.</summary>
internal interface IExportedEngine : IDetectionEngine
{
    /// <summary>The exported model.</summary>
    ReadOnlyMemory<byte> Model { get; }
}
