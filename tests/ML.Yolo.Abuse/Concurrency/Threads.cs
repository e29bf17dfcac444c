namespace ML.Yolo.Abuse.Concurrency;

/// <summary>Threads that begin at once.</summary>
internal static class Threads
{
    /// <summary>Runs an action on each of many threads, and throws what the first of them threw.</summary>
    /// <param name="count">How many.</param>
    /// <param name="run">Gets the number of its thread, from 0.</param>
    public static void Run(int count, Action<int> run)
    {
        using var start = new Barrier(count);
        var failures = new Exception?[count];
        var threads = Enumerable.Range(0, count).Select(number => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                run(number);
            }
            catch (Exception exception)
            {
                failures[number] = exception;
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (failures.OfType<Exception>().ToList() is { Count: > 0 } thrown)
            throw new AggregateException(thrown);
    }
}
