using Microsoft.ML.Runtime;

namespace ML.Yolo.Interop;

/// <summary>What an <c>MLContext</c> was told, which ML.NET keeps to itself.</summary>
internal static class EnvironmentSettings
{
    /// <summary>The seed of <c>new MLContext(seed)</c>.</summary>
    public static int? Seed(this IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.Seed;

    /// <summary>The GPU of <c>MLContext.GpuDeviceId</c>; null means the CPU.</summary>
    public static int? GpuDeviceId(this IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.GpuDeviceId;

    /// <summary>Whether the CPU is used where the GPU asked for is absent.</summary>
    public static bool FallbackToCpu(this IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.FallbackToCpu ?? true;

    /// <summary>Whether <c>MLContext.CancelExecution</c> was called.</summary>
    public static bool IsCanceled(this IHostEnvironment environment) => (environment as ICancelable)?.IsCanceled ?? false;
}
