using Microsoft.ML.Runtime;
using ML.Yolo.Devices;
using ML.Yolo.Interop;
using static TorchSharp.torch;

namespace ML.Yolo;

/// <summary>The devices that an <c>MLContext</c> asks for.</summary>
internal static class EnvironmentDevices
{
    /// <summary>The CPU, or the GPU of <c>MLContext.GpuDeviceId</c>.</summary>
    /// <exception cref="TorchBackendException">The GPU is absent and the context does not fall back to the CPU.</exception>
    public static Device Device(this IHostEnvironment environment)
        => environment.Devices(environment.GpuDeviceId() is { } gpu ? [gpu] : [])[0];

    /// <summary>GPUs by their numbers; the CPU where none is named, or where one is absent and the context falls back.</summary>
    /// <inheritdoc cref="Device"/>
    public static IReadOnlyList<Device> Devices(this IHostEnvironment environment, IReadOnlyList<int> gpus)
        => TorchBackend.Devices(gpus, environment.FallbackToCpu(), message =>
        {
            using var channel = environment.Start(nameof(TorchBackend));
            channel.Warning(MessageSensitivity.Unknown, message);
        });
}
