using Microsoft.ML.Runtime;
using ML.Yolo.Interop;

namespace ML.Yolo;

/// <summary>The processes that an <c>MLContext</c> works with.</summary>
internal static class EnvironmentDistributions
{
    /// <summary>Those that the context behind an environment was given; null where it was given none.</summary>
    public static Distribution? Distribution(this IHostEnvironment environment) => environment.FindDistribution() as Distribution;
}
