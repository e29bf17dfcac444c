namespace ML.Yolo;

/// <summary>
/// In which numbers the convolutions compute while training. Weights, norms, loss and optimiser are in single precision always, and so is the trained model.
/// </summary>
public enum TrainingPrecision
{
    /// <summary>32 bits: fastest on CPUs, and the reference's choice there.</summary>
    Full,

    /// <summary>
    /// bfloat16, which needs no scaling of the loss: less memory, and less time on GPUs with tensor cores. On a CPU with AVX512-BF16 a step takes about twice
    /// as long as in single.
    /// </summary>
    BFloat16,
}
