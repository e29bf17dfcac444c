using System.Runtime.CompilerServices;
using TorchSharp;

namespace ML.Yolo.Tests;

/// <summary>LibTorch computes on one thread in tests: their tensors are small, and threads that wait for each other stall where another process has the cores.</summary>
internal static class TorchThreads
{
    // The rule is for libraries; a test assembly has no other place that runs before every test.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void UseOne() => torch.set_num_threads(1);
}
