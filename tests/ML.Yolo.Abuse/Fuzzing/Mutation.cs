namespace ML.Yolo.Abuse.Fuzzing;

/// <summary>Makes another input of one, the same for the same random numbers.</summary>
/// <param name="input">An input; it is not written to.</param>
/// <param name="random">Decides what is changed.</param>
internal delegate byte[] Mutation(byte[] input, Random random);
