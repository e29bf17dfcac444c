using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using ML.Yolo.Datasets;
using ML.Yolo.Imaging;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>Assembles shuffled batches on a worker thread, a few steps ahead of the network.</summary>
internal sealed class BatchLoader(TrainingSet set, int batchSize, int imageSize, int seed)
{
    private const int BatchesAhead = 3;

    /// <summary>Batches an epoch; the last may be smaller.</summary>
    public int BatchCount => (set.Samples.Count + batchSize - 1) / batchSize;

    /// <summary>The batches of one epoch, each sample once; the caller disposes them.</summary>
    public IEnumerable<TrainingBatch> Epoch(int epoch)
    {
        var order = Enumerable.Range(0, set.Samples.Count).ToArray();
        SampleRandom.ForEpoch(seed, epoch).Shuffle(order);
        using var stop = new CancellationTokenSource();
        using var ready = new BlockingCollection<TrainingBatch>(BatchesAhead);
        var worker = Task.Run(() => Produce(order, ready, stop.Token), CancellationToken.None);
        try
        {
            foreach (var batch in ready.GetConsumingEnumerable())
                yield return batch;
            worker.GetAwaiter().GetResult();
        }
        finally
        {
            stop.Cancel();
            foreach (var unused in ready.GetConsumingEnumerable())
                unused.Dispose();
            Task.WaitAny(worker);
        }
    }

    private void Produce(int[] order, BlockingCollection<TrainingBatch> ready, CancellationToken stop)
    {
        try
        {
            foreach (var samples in order.Chunk(batchSize))
            {
                var batch = Assemble(samples);
                try
                {
                    ready.Add(batch, stop);
                }
                catch (OperationCanceledException)
                {
                    batch.Dispose();
                    return;
                }
            }
        }
        finally
        {
            ready.CompleteAdding();
        }
    }

    private TrainingBatch Assemble(int[] samples)
    {
        var rows = new List<float>();
        for (var i = 0; i < samples.Length; i++)
            set.Samples[samples[i]].AppendTargets(i, rows);
        var pixels = ImageBatch.Assemble(set.Images(Array.ConvertAll(samples, index => set.Samples[index])), imageSize, imageSize);
        var targets = zeros(rows.Count / 6, 6);
        if (rows.Count > 0)
            CollectionsMarshal.AsSpan(rows).CopyTo(MemoryMarshal.Cast<byte, float>(targets.bytes));
        return new TrainingBatch(pixels, targets, samples);
    }
}
