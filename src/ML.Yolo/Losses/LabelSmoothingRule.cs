namespace ML.Yolo;

/// <summary>How a smoothing of ε changes the one-hot class targets of C classes.</summary>
public enum LabelSmoothingRule
{
    /// <summary>Positive 1 − ε/2, negative ε/2, as Ultralytics does.</summary>
    Ultralytics,

    /// <summary>Positive 1 − ε, negative ε / (C − 1): the removed mass is spread evenly over the other classes.</summary>
    Uniform,
}
