using System.Diagnostics.Metrics;
using System.Threading.Channels;
using ML.Yolo.Imaging;

namespace ML.Yolo;

/// <summary>Serves many callers with one detector: images that wait at the same time are scored together.</summary>
/// <remarks>
/// <para>
/// Images are decoded beside the network. When the network is free, it takes the oldest images that are ready, up to the batch size; callers who want
/// another <see cref="DetectionFilter.IouThreshold"/> make a batch of their own. A lone image never waits; one that others are about to join waits for them
/// no longer than <see cref="DetectionBatcherOptions.MaxDelay"/>. What is found does not depend on who else was in the batch.
/// </para>
/// <para>
/// The meter <see cref="MeterName"/> tells how many images wait and are refused, how large batches are and how long they take.
/// </para>
/// </remarks>
public sealed class DetectionBatcher : IAsyncDisposable
{
    /// <summary>Name of the meter (<see cref="System.Diagnostics.Metrics"/>) of all batchers of the program.</summary>
    public const string MeterName = "ML.Yolo";

    private static readonly Meter Meter = new(MeterName);
    private static readonly UpDownCounter<int> WaitingImages
        = Meter.CreateUpDownCounter<int>("ml_yolo.images.waiting", "{image}", "Images that wait to be scored.");

    private static readonly Counter<long> RefusedImages
        = Meter.CreateCounter<long>("ml_yolo.images.refused", "{image}", "Images refused because too many waited.");

    private static readonly Counter<long> ScoredImages = Meter.CreateCounter<long>("ml_yolo.images.scored", "{image}", "Images scored.");
    private static readonly Histogram<int> BatchSizes = Meter.CreateHistogram(
        "ml_yolo.batch.size",
        "{image}",
        "Images scored at once.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128] });

    private static readonly Histogram<double> BatchDurations = Meter.CreateHistogram(
        "ml_yolo.batch.duration",
        "s",
        "Time to score one batch.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5] });

    private readonly DetectionBatcherOptions _options;
    private readonly Func<byte[], PreparedImage> _decode;
    private readonly SemaphoreSlim _decoders;
    private readonly LinkedList<BatchedImage> _ready = [];
    private readonly Lock _lock = new();
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Task _scoring;
    private int _decoding;
    private bool _isClosed;

    /// <summary>Starts serving.</summary>
    /// <param name="detector">Scores; it stays the caller's, and has to outlive this object.</param>
    /// <param name="options">Sizes and waiting; the defaults where omitted.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; the message names it.</exception>
    public DetectionBatcher(YoloDetector detector, DetectionBatcherOptions? options = null)
        : this(detector, options, bytes => detector.Read(bytes, source: null))
    {
    }

    /// <param name="detector">Scores.</param>
    /// <param name="options">Sizes and waiting; the defaults where omitted.</param>
    /// <param name="decode">Makes an image of its bytes, on a thread of the pool.</param>
    internal DetectionBatcher(YoloDetector detector, DetectionBatcherOptions? options, Func<byte[], PreparedImage> decode)
    {
        ArgumentNullException.ThrowIfNull(detector);
        (Detector, _options, _decode) = (detector, options ?? new DetectionBatcherOptions(), decode);
        _options.Check();
        _decoders = new SemaphoreSlim(_options.DecodingThreads);
        _scoring = Task.Run(ScoreBatches);
    }

    /// <summary>The detector that scores.</summary>
    public YoloDetector Detector { get; }

    /// <summary>How many images wait: those being decoded, and those decoded and not yet being scored.</summary>
    public int WaitingCount
    {
        get
        {
            lock (_lock)
                return _decoding + _ready.Count;
        }
    }

    /// <summary>How many of them are decoded.</summary>
    internal int ReadyCount
    {
        get
        {
            lock (_lock)
                return _ready.Count;
        }
    }

    private int MaxBatchSize => _options.MaxBatchSize ?? Detector.Scoring.BatchSize;

    /// <summary>Detects in an encoded image, together with others that wait.</summary>
    /// <param name="bytes">JPEG, PNG, BMP, GIF or WebP; left as it is until the task ends.</param>
    /// <param name="filter">What to report; as the detector's options say where omitted.</param>
    /// <param name="cancellationToken">Takes the image out of the queue. One that is being scored already is scored for nobody.</param>
    /// <exception cref="FormatException">The bytes are not an image that can be read, or end before the picture does.</exception>
    /// <exception cref="DetectionQueueFullException">Too many images wait: <see cref="DetectionBatcherOptions.QueueCapacity"/>.</exception>
    /// <exception cref="ObjectDisposedException">The batcher was disposed before the image was accepted.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ImageDetections> DetectAsync(byte[] bytes, DetectionFilter? filter = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        cancellationToken.ThrowIfCancellationRequested();
        Accept();
        LinkedListNode<BatchedImage>? place = null;
        try
        {
            var image = await DecodeAsync(bytes, cancellationToken).ConfigureAwait(false);
            place = new LinkedListNode<BatchedImage>(Wanted(image, filter));
        }
        finally
        {
            Decoded(place);
        }

        using var leaving = cancellationToken.UnsafeRegister(_ => Leave(place, cancellationToken), null);
        return await place.Value.Result.ConfigureAwait(false);
    }

    /// <summary>Refuses as <see cref="DetectAsync"/> would now, for callers who have yet to receive an image. There may be none later.</summary>
    /// <exception cref="DetectionQueueFullException">Too many images wait: <see cref="DetectionBatcherOptions.QueueCapacity"/>.</exception>
    public void ThrowIfFull()
    {
        lock (_lock)
            RefuseIfFull();
    }

    /// <summary>Accepts no more images, and returns when all that were accepted are scored.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
            _isClosed = true;
        Wake();
        await _scoring.ConfigureAwait(false);
    }

    private void Accept()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            RefuseIfFull();
            _decoding++;
        }

        WaitingImages.Add(1);
    }

    private void RefuseIfFull()
    {
        if (_decoding + _ready.Count < _options.QueueCapacity)
            return;
        RefusedImages.Add(1);
        throw new DetectionQueueFullException($"{_options.QueueCapacity} images are waiting to be scored, and no more may wait.");
    }

    private async Task<PreparedImage> DecodeAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        await _decoders.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => _decode(bytes), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _decoders.Release();
        }
    }

    private BatchedImage Wanted(PreparedImage image, DetectionFilter? filter)
    {
        var own = Detector.Scoring.Snapshot().Suppression;
        return new BatchedImage(
            image,
            filter?.ScoreThreshold ?? own.ScoreThreshold,
            filter?.IouThreshold ?? own.IouThreshold,
            filter?.MaxDetections ?? own.MaxDetections,
            _options.TimeProvider.GetTimestamp());
    }

    /// <summary>From being decoded to being ready; or, without a place, out of the queue.</summary>
    private void Decoded(LinkedListNode<BatchedImage>? place)
    {
        lock (_lock)
        {
            _decoding--;
            if (place is not null)
                _ready.AddLast(place);
        }

        if (place is null)
            WaitingImages.Add(-1);
        Wake();
    }

    private void Leave(LinkedListNode<BatchedImage> place, CancellationToken cancellationToken)
    {
        var waits = false;
        lock (_lock)
        {
            waits = place.List is not null;
            if (waits)
                _ready.Remove(place);
        }

        place.Value.Cancel(cancellationToken);
        if (!waits)
            return;
        WaitingImages.Add(-1);
        Wake();
    }

    private async Task ScoreBatches()
    {
        while (await NextBatchAsync().ConfigureAwait(false) is { } batch)
            Score(batch);
    }

    /// <summary>Waits for images that may be scored now; null when there will be none any more.</summary>
    private async Task<List<BatchedImage>?> NextBatchAsync()
    {
        while (true)
        {
            var wait = Timeout.InfiniteTimeSpan;
            lock (_lock)
            {
                if (_ready.First is { Value: var oldest })
                {
                    wait = _options.MaxDelay - _options.TimeProvider.GetElapsedTime(oldest.ReadyAt);
                    if (_decoding == 0 || _ready.Count >= MaxBatchSize || wait <= TimeSpan.Zero)
                        return Take();
                }
                else if (_isClosed && _decoding == 0)
                {
                    return null;
                }
            }

            using var alarm = _options.TimeProvider.CreateTimer(_ => Wake(), null, wait, Timeout.InfiniteTimeSpan);
            await _changes.Reader.ReadAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The oldest that is ready, and those after it that are suppressed alike.</summary>
    private List<BatchedImage> Take()
    {
        var batch = new List<BatchedImage>();
        var iouThreshold = _ready.First!.Value.IouThreshold;
        for (var place = _ready.First; place is not null && batch.Count < MaxBatchSize;)
        {
            var (current, next) = (place, place.Next);
            if (current.Value.IouThreshold == iouThreshold)
            {
                batch.Add(current.Value);
                _ready.Remove(current);
            }

            place = next;
        }

        return batch;
    }

    private void Score(List<BatchedImage> batch)
    {
        WaitingImages.Add(-batch.Count);
        var began = _options.TimeProvider.GetTimestamp();
        try
        {
            var scoring = Detector.Scoring.Copy();
            scoring.ScoreThreshold = batch.Min(item => item.ScoreThreshold);
            scoring.IouThreshold = batch[0].IouThreshold;
            scoring.MaxDetections = batch.Max(item => item.MaxDetections);
            var found = Detector.Score([.. batch.Select(item => item.Image)], scoring);
            for (var i = 0; i < batch.Count; i++)
                batch[i].Complete(found[i]);
        }
        catch (Exception exception)
        {
            // Whatever the network threw belongs to the callers; the next batch is tried again.
            batch.ForEach(item => item.Fail(exception));
        }

        BatchSizes.Record(batch.Count);
        BatchDurations.Record(_options.TimeProvider.GetElapsedTime(began).TotalSeconds);
        ScoredImages.Add(batch.Count);
    }

    private void Wake() => _changes.Writer.TryWrite(true);
}
