using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using ML.Yolo.Distributed;
using ML.Yolo.Imaging;
using ML.Yolo.Training.Augmentation;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>Paints batches on worker threads, a few steps ahead of the network.</summary>
/// <param name="augmenter">Paints samples.</param>
/// <param name="batchSize">Samples per batch; the last of an epoch may have fewer.</param>
/// <param name="imageSize">Side of the canvas, pixels.</param>
/// <param name="threads">Threads that paint, at least 1.</param>
/// <param name="share">This process's share of every batch; null where it is the whole.</param>
internal sealed class BatchLoader(Augmenter augmenter, int batchSize, int imageSize, int threads, RankShare? share = null)
{
    private const int BatchesAhead = 3;

    private readonly RankShare _share = share ?? RankShare.Whole;
    private readonly ParallelOptions _workers = new() { MaxDegreeOfParallelism = threads };
    private readonly Stopwatch _waiting = new();

    /// <summary>As many threads as leave processors to the network.</summary>
    public static int DefaultThreads(int processors) => Math.Max(processors / 2, 1);

    /// <summary>How long the last epoch's consumer waited for batches.</summary>
    public TimeSpan Waited => _waiting.Elapsed;

    /// <summary>The batches of one epoch; the caller disposes them.</summary>
    /// <param name="epoch">Which epoch this is.</param>
    /// <param name="order">Samples in the order they are learned.</param>
    /// <param name="isMosaicClosed">Whether mosaic and mixup are over.</param>
    public IEnumerable<TrainingBatch> Epoch(int epoch, int[] order, bool isMosaicClosed)
    {
        _waiting.Reset();
        using var stop = new CancellationTokenSource();
        using var ready = new BlockingCollection<TrainingBatch>(BatchesAhead);
        var worker = Task.Run(() => Produce(epoch, order, isMosaicClosed, ready, stop.Token), CancellationToken.None);
        try
        {
            while (TryTake(ready, out var batch))
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

    private bool TryTake(BlockingCollection<TrainingBatch> ready, [NotNullWhen(true)] out TrainingBatch? batch)
    {
        _waiting.Start();
        var isTaken = ready.TryTake(out batch, Timeout.Infinite);
        _waiting.Stop();
        return isTaken && batch is not null;
    }

    private void Produce(int epoch, int[] order, bool isMosaicClosed, BlockingCollection<TrainingBatch> ready, CancellationToken stop)
    {
        try
        {
            foreach (var samples in order.Chunk(batchSize))
            {
                var batch = Assemble(_share.Neighbours<int>(samples).ToArray(), epoch, isMosaicClosed) with { AllSamples = samples };
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

    private TrainingBatch Assemble(int[] samples, int epoch, bool isMosaicClosed)
    {
        var pixels = empty([samples.Length, imageSize, imageSize, ResizedImage.Channels], ScalarType.Byte);
        var boxes = new List<SceneBox>[samples.Length];
        try
        {
            Parallel.For(0, samples.Length, _workers, i =>
            {
                using var canvas = pixels[i];                                             // a batch may be longer than a span
                boxes[i] = augmenter.Paint(samples[i], epoch, isMosaicClosed, canvas.bytes);
            });
        }
        catch (AggregateException exception)
        {
            pixels.Dispose();
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }

        return new TrainingBatch(pixels, Targets(boxes), samples);
    }

    /// <summary>Rows of image, class, cx, cy, w, h in [0, 1] of the canvas.</summary>
    private Tensor Targets(List<SceneBox>[] boxes)
    {
        var targets = empty(boxes.Sum(list => list.Count), 6);
        if (targets.numel() == 0)
            return targets;
        var rows = MemoryMarshal.Cast<byte, float>(targets.bytes);
        for (var image = 0; image < boxes.Length; image++)
        {
            foreach (var (label, box) in boxes[image])
            {
                (rows[0], rows[1]) = (image, label);
                (rows[2], rows[3]) = ((box.X0 + box.X1) / 2 / imageSize, (box.Y0 + box.Y1) / 2 / imageSize);
                (rows[4], rows[5]) = (box.Width / imageSize, box.Height / imageSize);
                rows = rows[6..];
            }
        }

        return targets;
    }
}
