using System.Diagnostics.Metrics;
using ML.Yolo.Imaging;
using SkiaSharp;

namespace ML.Yolo.Tests.Scoring;

/// <summary>Who is scored with whom, who waits, and who leaves. The clock stands still: nothing happens because time passes unless a test lets it pass.</summary>
public sealed class DetectionBatcherTests : IDisposable
{
    private static readonly byte[] Picture = Encode(SKEncodedImageFormat.Png);

    private readonly GatedEngine _engine = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public async Task DetectAsync_LoneImage_IsScoredWithoutWaiting()
    {
        await using var batcher = Batcher();
        _engine.Open();

        var found = await batcher.DetectAsync(Picture);

        Assert.Equal((48, 32), (found.Width, found.Height));
        Assert.Equal([("red", 0.9f), ("blue", 0.6f), ("red", 0.4f)], found.Select(item => (item.Label, item.Score)));
        Assert.Equal([1], _engine.Batches);
    }

    [Fact]
    public async Task DetectAsync_WhileTheNetworkIsBusy_WaitingOnesAreScoredTogether()
    {
        await using var batcher = Batcher();
        var first = batcher.DetectAsync(Picture);
        await _engine.Begun();
        var others = Enumerable.Range(0, 5).Select(_ => batcher.DetectAsync(Picture)).ToArray();

        _engine.Open();
        await Task.WhenAll([first, .. others]);

        Assert.Equal([1, 5], _engine.Batches);
        Assert.Equal(0, batcher.WaitingCount);
    }

    [Fact]
    public async Task DetectAsync_MoreThanABatch_IsScoredInBatchesOfTheMaximum()
    {
        await using var batcher = Batcher(new() { MaxBatchSize = 3 });
        var first = batcher.DetectAsync(Picture);
        await _engine.Begun();
        var others = Enumerable.Range(0, 7).Select(_ => batcher.DetectAsync(Picture)).ToArray();
        await UntilReady(batcher, 7);

        _engine.Open();
        await Task.WhenAll([first, .. others]);

        Assert.Equal([1, 3, 3, 1], _engine.Batches);
    }

    [Fact]
    public async Task DetectAsync_AnotherIsBeingDecoded_WaitsForItWhileTimeStandsStill()
    {
        using var decoded = new SemaphoreSlim(0);
        var slow = new byte[1];
        await using var batcher = new DetectionBatcher(_engine.Detector, new() { TimeProvider = _time, DecodingThreads = 2 }, bytes => Decode(bytes, slow, decoded));
        _engine.Open();
        var second = batcher.DetectAsync(slow);
        var first = batcher.DetectAsync(Picture);

        decoded.Release();
        await Task.WhenAll(first, second);

        Assert.Equal([2], _engine.Batches);
    }

    [Fact]
    public async Task DetectAsync_AnotherIsBeingDecodedForLongerThanTheDelay_IsScoredAlone()
    {
        using var decoded = new SemaphoreSlim(0);
        var slow = new byte[1];
        var options = new DetectionBatcherOptions { TimeProvider = _time, DecodingThreads = 2, MaxDelay = TimeSpan.FromMilliseconds(20) };
        await using var batcher = new DetectionBatcher(_engine.Detector, options, bytes => Decode(bytes, slow, decoded));
        _engine.Open();
        var second = batcher.DetectAsync(slow);
        var first = batcher.DetectAsync(Picture);
        while (batcher.ReadyCount == 0)
            await Task.Yield();

        _time.Advance(TimeSpan.FromMilliseconds(19));
        Assert.False(first.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await first;

        Assert.Equal([1], _engine.Batches);
        decoded.Release();
        await second;
    }

    [Fact]
    public async Task ThrowIfFull_AsManyWaitAsMay_RefusesUntilOneIsScored()
    {
        await using var batcher = Batcher(new() { QueueCapacity = 1 });
        batcher.ThrowIfFull();
        var first = batcher.DetectAsync(Picture);
        await _engine.Begun();
        batcher.ThrowIfFull();
        var second = batcher.DetectAsync(Picture);

        Assert.Throws<DetectionQueueFullException>(batcher.ThrowIfFull);
        _engine.Open();
        await Task.WhenAll(first, second);
        batcher.ThrowIfFull();
    }

    [Fact]
    public async Task DetectAsync_QueueIsFull_IsRefusedAndTheOthersAreScored()
    {
        await using var batcher = Batcher(new() { QueueCapacity = 2 });
        var first = batcher.DetectAsync(Picture);
        await _engine.Begun();
        var others = Enumerable.Range(0, 2).Select(_ => batcher.DetectAsync(Picture)).ToArray();

        var refused = await Assert.ThrowsAsync<DetectionQueueFullException>(() => batcher.DetectAsync(Picture));

        Assert.Contains("2 images are waiting", refused.Message, StringComparison.Ordinal);
        _engine.Open();
        var found = await Task.WhenAll([first, .. others]);
        Assert.All(found, detections => Assert.Equal(3, detections.Count));
    }

    [Fact]
    public async Task DetectAsync_CancelledWhileWaiting_LeavesTheQueueAndIsNotScored()
    {
        using var cancellation = new CancellationTokenSource();
        await using var batcher = Batcher(new() { QueueCapacity = 2 });
        var first = batcher.DetectAsync(Picture);
        await _engine.Begun();
        var leaving = batcher.DetectAsync(Picture, cancellationToken: cancellation.Token);
        var staying = batcher.DetectAsync(Picture);
        await UntilReady(batcher, 2);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.Equal(1, batcher.WaitingCount);
        var taking = batcher.DetectAsync(Picture);                                        // the place is free again
        _engine.Open();
        await Task.WhenAll(first, staying, taking);
        Assert.Equal([1, 2], _engine.Batches);
    }

    [Fact]
    public async Task DetectAsync_CancelledBeforehand_TakesNoPlace()
    {
        await using var batcher = Batcher();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => batcher.DetectAsync(Picture, cancellationToken: new CancellationToken(canceled: true)));

        Assert.Equal(0, batcher.WaitingCount);
    }

    [Fact]
    public async Task DetectAsync_CallersWithThresholdsOfTheirOwn_ShareABatchAndGetWhatTheyAskedFor()
    {
        await using var batcher = Batcher();
        var first = batcher.DetectAsync(Picture);
        await _engine.Begun();
        var own = batcher.DetectAsync(Picture);
        var sure = batcher.DetectAsync(Picture, new DetectionFilter { ScoreThreshold = 0.5f });
        var single = batcher.DetectAsync(Picture, new DetectionFilter { ScoreThreshold = 0.1f, MaxDetections = 1 });

        _engine.Open();
        await Task.WhenAll(first, own, sure, single);

        Assert.Equal([1, 3], _engine.Batches);
        Assert.Equal((0.1f, 300), (_engine.Suppressions[1].ScoreThreshold, _engine.Suppressions[1].MaxDetections));
        Assert.Equal((3, 2, 1), ((await own).Count, (await sure).Count, (await single).Count));
        Assert.Equal(0.3f, _engine.Detector.Scoring.ScoreThreshold);
    }

    [Fact]
    public async Task DetectAsync_CallersWithAnotherOverlap_GetABatchOfTheirOwn()
    {
        await using var batcher = Batcher();
        var first = batcher.DetectAsync(Picture);
        await _engine.Begun();
        Task<ImageDetections>[] others =
        [
            batcher.DetectAsync(Picture),
            batcher.DetectAsync(Picture, new DetectionFilter { IouThreshold = 0.7f }),
            batcher.DetectAsync(Picture),
        ];
        await UntilReady(batcher, 3);

        _engine.Open();
        await Task.WhenAll([first, .. others]);

        Assert.Equal([0.5f, 0.5f, 0.7f], _engine.Suppressions.Select(item => item.IouThreshold).Order());
        Assert.Equal([1, 1, 2], _engine.Batches.Order());
    }

    [Fact]
    public async Task DetectAsync_NotAnImage_IsRefusedAndLeavesTheQueue()
    {
        await using var batcher = Batcher();

        var refused = await Assert.ThrowsAsync<FormatException>(() => batcher.DetectAsync("no image"u8.ToArray()));

        Assert.Contains("is not an image that can be read", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, batcher.WaitingCount);
        Assert.Empty(_engine.Batches);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public async Task DetectAsync_HalfAnImage_IsRefused(SKEncodedImageFormat format)
    {
        await using var batcher = Batcher();
        var whole = Encode(format);

        await Assert.ThrowsAsync<FormatException>(() => batcher.DetectAsync(whole[..(whole.Length / 2)]));

        Assert.Empty(_engine.Batches);
    }

    [Fact]
    public async Task DetectAsync_NetworkFails_CallersOfTheBatchGetTheFailureAndLaterOnesAreScored()
    {
        await using var batcher = Batcher();
        _engine.Failure = new InvalidOperationException("out of order");
        _engine.Open();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => batcher.DetectAsync(Picture));
        var found = await batcher.DetectAsync(Picture);

        Assert.Equal("out of order", failure.Message);
        Assert.Equal(3, found.Count);
    }

    [Fact]
    public async Task DisposeAsync_ImagesWait_ScoresThemAndAcceptsNoMore()
    {
        var batcher = Batcher();
        var first = batcher.DetectAsync(Picture);
        await _engine.Begun();
        var second = batcher.DetectAsync(Picture);

        var closing = batcher.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => batcher.DetectAsync(Picture));
        Assert.False(closing.IsCompleted);
        _engine.Open();
        await closing;

        Assert.Equal((3, 3), ((await first).Count, (await second).Count));
        Assert.Equal([1, 1], _engine.Batches);
    }

    [Fact]
    public async Task DetectAsync_ManyCallersSomeOfWhomLeave_EveryOneIsAnsweredAndNobodyWaitsInTheEnd()
    {
        await using var batcher = Batcher(new() { QueueCapacity = 10_000, MaxBatchSize = 4 });
        _engine.Open();

        var calls = await Task.WhenAll(Enumerable.Range(0, 400).Select(async i =>
        {
            using var cancellation = new CancellationTokenSource();
            var call = batcher.DetectAsync(Picture, cancellationToken: cancellation.Token);
            if (i % 3 == 0)
                await cancellation.CancelAsync();
            try
            {
                return (await call).Count;
            }
            catch (OperationCanceledException)
            {
                return -1;
            }
        }));

        Assert.All(calls, (count, i) => Assert.True(count == 3 || (i % 3 == 0 && count == -1)));
        Assert.Equal(0, batcher.WaitingCount);
        Assert.InRange(_engine.Batches.Max(), 1, 4);
    }

    [Fact]
    public async Task Meter_ImagesScoredAndRefused_CountsThem()
    {
        var counts = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == DetectionBatcher.MeterName)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument.Name, value));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument.Name, value));
        listener.Start();
        await using (var batcher = Batcher(new() { QueueCapacity = 1 }))
        {
            var first = batcher.DetectAsync(Picture);
            await _engine.Begun();
            var second = batcher.DetectAsync(Picture);
            await Assert.ThrowsAsync<DetectionQueueFullException>(() => batcher.DetectAsync(Picture));
            _engine.Open();
            await Task.WhenAll(first, second);
        }

        Assert.Equal(2, counts["ml_yolo.images.scored"]);
        Assert.Equal(1, counts["ml_yolo.images.refused"]);
        Assert.Equal(0, counts["ml_yolo.images.waiting"]);
        Assert.Equal(2, counts["ml_yolo.batch.size"]);

        void Add(string name, long value)
        {
            lock (counts)
                counts[name] = counts.GetValueOrDefault(name) + value;
        }
    }

    [Theory]
    [InlineData(0, 1, 1, "MaxBatchSize")]
    [InlineData(1, 0, 1, "QueueCapacity")]
    [InlineData(1, 1, 0, "DecodingThreads")]
    public void Constructor_OptionOutOfRange_IsRefusedByName(int batch, int capacity, int threads, string name)
    {
        var options = new DetectionBatcherOptions { MaxBatchSize = batch, QueueCapacity = capacity, DecodingThreads = threads };

        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => new DetectionBatcher(_engine.Detector, options));

        Assert.Equal(name, refused.ParamName);
    }

    [Fact]
    public void Filter_ValueOutOfRange_IsRefusedByName()
    {
        Assert.Equal("ScoreThreshold", Assert.Throws<ArgumentOutOfRangeException>(() => new DetectionFilter { ScoreThreshold = float.NaN }).ParamName);
        Assert.Equal("IouThreshold", Assert.Throws<ArgumentOutOfRangeException>(() => new DetectionFilter { IouThreshold = 1.1f }).ParamName);
        Assert.Equal("MaxDetections", Assert.Throws<ArgumentOutOfRangeException>(() => new DetectionFilter { MaxDetections = 0 }).ParamName);
    }

    private static byte[] Encode(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(48, 32);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Gray);
        canvas.DrawCircle(20, 16, 9, new SKPaint { Color = SKColors.Red });
        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    private static async Task UntilReady(DetectionBatcher batcher, int count)
    {
        while (batcher.ReadyCount < count)
            await Task.Yield();
    }

    private DetectionBatcher Batcher(DetectionBatcherOptions? options = null)
        => new(_engine.Detector, (options ?? new DetectionBatcherOptions()) with { TimeProvider = _time });

    private PreparedImage Decode(byte[] bytes, byte[] slow, SemaphoreSlim decoded)
    {
        if (ReferenceEquals(bytes, slow))
            decoded.Wait();
        return _engine.Detector.Read(Picture, source: null);
    }
}
