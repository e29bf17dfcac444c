namespace ML.Yolo.Abuse.Concurrency;

/// <summary>Collects garbage on a thread of its own, again and again: what is freed while native code still reads it shows.</summary>
internal sealed class Collections : IDisposable
{
    private readonly Thread _thread;
    private volatile bool _isOver;

    public Collections()
    {
        _thread = new Thread(Collect) { IsBackground = true };
        _thread.Start();
    }

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
    }

    private void Collect()
    {
        while (!_isOver)
        {
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
            Thread.Yield();
        }
    }
}
