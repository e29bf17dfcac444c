namespace ML.Yolo;

/// <summary>How the learning rate goes from epoch to epoch, after or besides the warm-up.</summary>
public enum LearningRateSchedule
{
    /// <summary>Down a straight line to the final fraction: the reference's choice.</summary>
    Linear,

    /// <summary>Down half a cosine to the final fraction.</summary>
    Cosine,

    /// <summary>Up a quarter of the run from a twenty-fifth, then down to the final fraction, both along half a cosine (Smith and Topin 2018).</summary>
    OneCycle,
}
