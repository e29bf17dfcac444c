using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;

namespace ML.Yolo.Tests.Onnx;

/// <summary>What ONNX Runtime has warned of in this process. It takes one listener, before its first use.</summary>
internal static class OnnxWarnings
{
    // Kept, since native code calls it.
    private static readonly DOrtLoggingFunction Listener = (_, severity, _, _, _, message) =>
    {
        if (severity >= OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING)
            Messages!.Add($"{severity}: {message}");
    };

    public static ConcurrentBag<string> Messages { get; } = [];

    // The rule is for libraries; a test assembly has no other place that runs before every test.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Listen()
    {
        var options = new EnvironmentCreationOptions { logId = "tests", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, loggingFunction = Listener };
        OrtEnv.CreateInstanceWithOptions(ref options);
    }
}
