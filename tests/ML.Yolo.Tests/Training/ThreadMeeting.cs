using ML.Yolo.Training;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Training;

/// <summary>Learners on threads of this process, as they would be in several processes: each has a network, and its own exchange.</summary>
internal sealed class ThreadMeeting(int learners) : IDisposable
{
    private readonly Barrier _barrier = new(learners);
    private readonly YoloNetwork[] _networks = new YoloNetwork[learners];
    private readonly double[][] _numbers = new double[learners][];

    public void Dispose() => _barrier.Dispose();

    /// <summary>The exchange of one learner.</summary>
    public GradientExchange Exchange(int index) => new ThreadExchange(this, index);

    private void Wait()
    {
        if (!_barrier.SignalAndWait(TimeSpan.FromMinutes(1)))
            throw new TimeoutException("A learner did not come.");
    }

    private void Sum()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var parameters = _networks.Select(network => network.parameters().ToList()).ToList();
        for (var i = 0; i < parameters[0].Count; i++)
        {
            var gradients = parameters.Select(list => list[i].grad).OfType<Tensor>().ToList();
            if (gradients.Count == 0)
                continue;
            var sum = gradients.Aggregate((a, b) => a + b);
            foreach (var list in parameters)
                list[i].grad = sum.clone();
        }
    }

    private sealed class ThreadExchange(ThreadMeeting meeting, int index) : GradientExchange
    {
        public override bool SharesBatches => true;

        public override void SumGradients(YoloNetwork network)
        {
            meeting._networks[index] = network;
            meeting.Wait();
            if (index == 0)
                meeting.Sum();
            meeting.Wait();
        }

        public override void CollectGradients(YoloNetwork network)
        {
        }

        public override void ShareWeights(YoloNetwork network)
        {
        }

        public override void Sum(Span<double> numbers)
        {
            var all = Meet(numbers.ToArray());
            for (var i = 0; i < numbers.Length; i++)
                numbers[i] = all.Sum(list => list[i]);
        }

        public override double Max(double number) => Meet([number]).Max(list => list[0]);

        /// <summary>The numbers of all learners.</summary>
        private double[][] Meet(double[] numbers)
        {
            meeting._numbers[index] = numbers;
            meeting.Wait();
            double[][] all = [.. meeting._numbers];
            meeting.Wait();
            return all;
        }
    }
}
