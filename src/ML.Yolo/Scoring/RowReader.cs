using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using ML.Yolo.Imaging;

namespace ML.Yolo.Scoring;

/// <summary>Reads batches of rows ahead on a thread of its own, while the network runs on another. At most two batches wait or are being read.</summary>
/// <remarks>A row that cannot be read ends the reading: the exception is thrown when its turn comes, after all rows before it.</remarks>
internal sealed class RowReader : IDisposable
{
    /// <summary>Batches there are at a time: the one handed out, one that waits, one that is being read.</summary>
    public const int Segments = 3;

    private readonly Func<int, LetterboxedImage?> _readRow;
    private readonly Func<bool> _moveNext;
    private readonly int _batchSize;
    private readonly BlockingCollection<RowBatch> _ready = new(1);
    private readonly SemaphoreSlim _free = new(Segments);
    private readonly CancellationTokenSource _stop = new();
    private Task? _reading;
    private RowBatch? _current;

    /// <param name="moveNext">Goes to the next row; false after the last.</param>
    /// <param name="readRow">Reads the row into a slot, from 0 to three batches, and gives its image.</param>
    /// <param name="batchSize">Rows per batch.</param>
    public RowReader(Func<bool> moveNext, Func<int, LetterboxedImage?> readRow, int batchSize)
        => (_moveNext, _readRow, _batchSize) = (moveNext, readRow, batchSize);

    /// <summary>The next batch; the one before is used up. Null after the last.</summary>
    public RowBatch? Next()
    {
        _reading ??= Task.Factory.StartNew(ReadAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (_current is not null)
            _free.Release();
        _current = _ready.TryTake(out var batch, Timeout.Infinite) ? batch : null;
        return _current;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        if (_reading is not null)
            Task.WaitAny(_reading);
        _ready.Dispose();
        _free.Dispose();
        _stop.Dispose();
    }

    private void ReadAll()
    {
        try
        {
            for (var segment = 0; ; segment = (segment + 1) % Segments)
            {
                _free.Wait(_stop.Token);
                var batch = Read(segment * _batchSize);
                if (batch.Images.Count > 0 || batch.Failure is not null)
                    _ready.Add(batch, _stop.Token);
                if (batch.IsLast)
                    return;
            }
        }
        catch (OperationCanceledException)
        {
            // Whoever disposed it wants no more rows.
        }
        finally
        {
            _ready.CompleteAdding();
        }
    }

    private RowBatch Read(int firstSlot)
    {
        var images = new List<LetterboxedImage?>(_batchSize);
        try
        {
            while (images.Count < _batchSize && !_stop.IsCancellationRequested)
            {
                if (!_moveNext())
                    return new RowBatch(firstSlot, images, IsLast: true);
                images.Add(_readRow(firstSlot + images.Count));
            }

            return new RowBatch(firstSlot, images, IsLast: false);
        }
        catch (Exception exception)
        {
            return new RowBatch(firstSlot, images, IsLast: true, ExceptionDispatchInfo.Capture(exception));
        }
    }
}
