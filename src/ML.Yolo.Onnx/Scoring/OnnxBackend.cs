using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;
using ML.Yolo.Interop;

namespace ML.Yolo.Onnx.Scoring;

/// <summary>Opens models with ONNX Runtime, on the device an <c>MLContext</c> asks for, and says what is missing where that fails.</summary>
internal static class OnnxBackend
{
    /// <param name="environment">Says which GPU, if any.</param>
    /// <param name="model">The ONNX file.</param>
    /// <param name="threads">Threads of a run on the CPU; null leaves it to ONNX Runtime, which takes one per core.</param>
    /// <exception cref="OnnxBackendException">The native library, or the GPU asked for, is missing.</exception>
    public static InferenceSession Open(IHostEnvironment environment, byte[] model, int? threads = null)
    {
        try
        {
            // A pattern is kept for every shape of input, and canvases have many: memory would grow with them.
            using var options = new SessionOptions { EnableMemoryPattern = false };
            if (threads is { } count)
                options.IntraOpNumThreads = count;
            if (environment.GpuDeviceId() is { } gpu)
                UseGpu(environment, options, gpu);
            return new InferenceSession(model, options);
        }
        catch (Exception exception) when (exception is DllNotFoundException or TypeInitializationException or BadImageFormatException)
        {
            throw new OnnxBackendException("ONNX Runtime could not be loaded. Reference its native package in the program: Microsoft.ML.OnnxRuntime, or "
                + $"Microsoft.ML.OnnxRuntime.Gpu for CUDA. The loader said: {Root(exception).Message}", exception);
        }
    }

    private static void UseGpu(IHostEnvironment environment, SessionOptions options, int gpu)
    {
        try
        {
            options.AppendExecutionProvider_CUDA(gpu);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException)
        {
            if (!environment.FallbackToCpu())
            {
                throw new OnnxBackendException($"GPU {gpu} was asked for, and ONNX Runtime cannot use it. Reference Microsoft.ML.OnnxRuntime.Gpu and install "
                    + $"CUDA, or set MLContext.FallbackToCpu. It said: {exception.Message}", exception);
            }

            using var channel = environment.Start(nameof(OnnxBackend));
            channel.Warning(MessageSensitivity.Unknown, $"GPU {gpu} cannot be used by ONNX Runtime; the CPU is used.");
        }
    }

    private static Exception Root(Exception exception)
    {
        while (exception.InnerException is { } inner)
            exception = inner;
        return exception;
    }
}
