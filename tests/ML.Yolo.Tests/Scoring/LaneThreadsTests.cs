using System.Collections.Concurrent;
using ML.Yolo.Scoring;

namespace ML.Yolo.Tests.Scoring;

/// <summary>The threads of lanes.</summary>
public sealed class LaneThreadsTests
{
    [Fact]
    public void Run_ThreeLanes_WorkOnThreeThreadsAtATime()
    {
        using var all = new Barrier(3);
        var threads = new ConcurrentBag<int>();

        LaneThreads.Run(3, () =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            all.SignalAndWait();
        });

        Assert.Equal(3, threads.Distinct().Count());
    }

    [Fact]
    public void Run_Again_TakesTheSameThreads()
    {
        var threads = new ConcurrentBag<Thread>();
        using var both = new Barrier(2);
        for (var round = 0; round < 20; round++)
        {
            LaneThreads.Run(2, () =>
            {
                threads.Add(Thread.CurrentThread);
                both.SignalAndWait();
            });
        }

        Assert.All(threads, thread => Assert.StartsWith("ML.Yolo lane", thread.Name, StringComparison.Ordinal));
        Assert.InRange(threads.Distinct().Count(), 2, Environment.ProcessorCount + 2);
    }
}
