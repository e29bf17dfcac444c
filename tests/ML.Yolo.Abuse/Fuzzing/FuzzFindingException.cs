namespace ML.Yolo.Abuse.Fuzzing;

/// <summary>What a reader accepted is wrong: a number that is not finite, or a value beyond its range.</summary>
internal sealed class FuzzFindingException(string message) : Exception(message);
