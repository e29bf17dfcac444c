namespace ML.Yolo.Abuse.Faults;

/// <summary>What tests have another process do, so that they can kill it or take its disk away.</summary>
internal static class FaultProcess
{
    /// <summary>Plays a role.</summary>
    /// <returns>0 where it went well, 1 where a documented exception was thrown, whose text is printed.</returns>
    public static int Run(string role, IReadOnlyList<string> arguments) => throw new ArgumentException($"There is no role '{role}' of {arguments.Count}.", nameof(role));
}
