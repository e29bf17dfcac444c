using TorchSharp;

namespace ML.Yolo.Devices;

/// <summary>How many threads LibTorch computes on, until disposed.</summary>
internal sealed class ProcessorThreads : IDisposable
{
    private readonly int _before;

    private ProcessorThreads(int before) => _before = before;

    /// <summary>Limits them to the share of the processors that this process has; not where the variable OMP_NUM_THREADS has said how many.</summary>
    /// <param name="count">The share; null changes nothing.</param>
    public static ProcessorThreads? Limit(int? count)
    {
        if (count is not { } share || Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is not null)
            return null;
        TorchBackend.EnsureLoaded();
        var threads = new ProcessorThreads(torch.get_num_threads());
        torch.set_num_threads(share);
        return threads;
    }

    /// <inheritdoc/>
    public void Dispose() => torch.set_num_threads(_before);
}
