using ML.Yolo.Samples;

namespace ML.Yolo.Training;

/// <summary>What of a run is kept for its report, in memory alone: photos of a training set have no place in a model that is passed on.</summary>
/// <param name="FirstBatch">What the network saw first.</param>
/// <param name="Objects">How often, how large and where the objects learned are.</param>
internal sealed record TrainingInsight(FirstBatch? FirstBatch, ObjectSurvey Objects);
