namespace ML.Yolo.Training;

/// <summary>How weights are averaged over steps.</summary>
/// <param name="Decay">Decay in the long run, in [0, 1).</param>
/// <param name="RampUpdates">Updates over which the decay grows towards that, above 0.</param>
internal sealed record AveragingSettings(double Decay, double RampUpdates);
