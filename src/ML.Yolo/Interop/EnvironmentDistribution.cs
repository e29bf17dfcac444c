using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace ML.Yolo.Interop;

/// <summary>The processes that an <c>MLContext</c> was told to work with.</summary>
internal static class EnvironmentDistribution
{
    // Catalogs and estimators have environments of their own; what they share with their context is its catalog of components.
    private static readonly ConditionalWeakTable<ComponentCatalog, object> Distributions = [];

    /// <summary>What all trainers of a context use from here on, unless their options name another.</summary>
    public static void SetDistribution(this MLContext context, object distribution)
        => Distributions.AddOrUpdate(context.Environment().ComponentCatalog, distribution);

    /// <summary>What the context behind an environment was given; null where it was given nothing.</summary>
    public static object? FindDistribution(this IHostEnvironment environment)
        => Distributions.TryGetValue(environment.ComponentCatalog, out var distribution) ? distribution : null;
}
