using System.Runtime.ExceptionServices;

namespace ML.Yolo.Imaging;

/// <summary>Reads items ahead, several at a time on threads of the pool, and hands them out in order and in batches.</summary>
/// <param name="read">Reads one; for any number of threads.</param>
/// <param name="capacity">Items being read or waiting at most.</param>
internal sealed class ReadAhead<TKey, TItem>(Func<TKey, TItem> read, int capacity)
{
    /// <summary>Reads what the keys name. One that cannot be read throws when its turn comes: after all before it were handed out.</summary>
    /// <param name="keys">Asked for on the caller's thread; may be endless.</param>
    /// <param name="batchSize">Items per batch; the last may have fewer.</param>
    public IEnumerable<IReadOnlyList<TItem>> Over(IEnumerable<TKey> keys, int batchSize)
    {
        var waiting = new Queue<Task<TItem>>();
        using var stop = new CancellationTokenSource();
        using var source = keys.GetEnumerator();
        try
        {
            while (Fill(waiting, source, stop.Token))
            {
                var batch = new List<TItem>(batchSize);
                var failure = Take(waiting, batch, batchSize);
                if (batch.Count > 0)
                    yield return batch;
                failure?.Throw();
            }
        }
        finally
        {
            stop.Cancel();
            Task.WaitAny(Task.WhenAll(waiting));
        }
    }

    private static ExceptionDispatchInfo? Take(Queue<Task<TItem>> waiting, List<TItem> batch, int batchSize)
    {
        while (batch.Count < batchSize && waiting.TryDequeue(out var next))
        {
            try
            {
                batch.Add(next.GetAwaiter().GetResult());
            }
            catch (Exception exception)
            {
                return ExceptionDispatchInfo.Capture(exception);
            }
        }

        return null;
    }

    /// <summary>Starts as many as there is room for; false where none is left.</summary>
    private bool Fill(Queue<Task<TItem>> waiting, IEnumerator<TKey> source, CancellationToken stop)
    {
        while (waiting.Count < capacity && source.MoveNext())
        {
            var key = source.Current;
            waiting.Enqueue(Task.Run(() => read(key), stop));
        }

        return waiting.Count > 0;
    }
}
