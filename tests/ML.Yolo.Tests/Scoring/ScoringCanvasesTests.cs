using System.Collections.Concurrent;
using CsCheck;
using ML.Yolo.Devices;
using ML.Yolo.Imaging;
using ML.Yolo.Networks;
using ML.Yolo.Scoring;
using static TorchSharp.torch;

namespace ML.Yolo.Tests.Scoring;

/// <summary>Images laid on canvases, in batches that are scored one after the other or side by side.</summary>
public sealed class ScoringCanvasesTests
{
    [Fact]
    public void Lay_ImagesOfAllShapes_HasEachOnceWithThoseOfItsCanvas()
    {
        var sizes = Gen.Int[32, 640].Select(Gen.Int[32, 640]).Array[1, 20];

        Gen.Select(sizes, Gen.Int[1, 16], Gen.OneOf(Gen.Const(1L), Gen.Const(640 * 640L), Gen.Const(long.MaxValue))).Sample((shapes, lanes, pixels) =>
        {
            LetterboxedImage[] images = [.. shapes.Select(shape => Blank(shape.Item1, shape.Item2))];
            var batches = ScoringCanvases.Lay(images, ScoringCanvas.Tight, maxStride: 32, showsBorders: false, pixels, lanes);

            Assert.Equal(Enumerable.Range(0, images.Length), batches.SelectMany(batch => batch.Indices).Order());
            Assert.All(batches, batch => Assert.Equal(batch.Indices.Select(i => images[i].Image), batch.Images.Select(image => image.Image)));
            Assert.All(batches, batch => Assert.Single(batch.Images.Select(image => (image.Letterbox.CanvasWidth, image.Letterbox.CanvasHeight)).Distinct()));
            Assert.All(batches, batch => Assert.InRange(batch.Images.Length, 1, (images.Length + lanes - 1) / lanes));
        });
    }

    [Fact]
    public void Detect_BatchesForEveryLane_TakesEachInALaneAndKeepsTheirOrder()
    {
        var engine = new LaneEngine(lanes: 3);
        var batches = ScoringCanvases.Lay([.. Enumerable.Range(1, 7).Select(width => Blank(width, 20))], ScoringCanvas.Square, 32, false, 1, engine.Lanes);

        var found = ScoringCanvases.Detect(batches, engine, new NmsOptions());

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], found.Select(detections => detections[0].ClassIndex));
        Assert.Equal(7, engine.InLanes.Count);
        Assert.Empty(engine.Alone);
    }

    [Fact]
    public void Detect_FewBatchesForManyLanes_TakesOneAfterTheOtherOnAllThreads()
    {
        var engine = new LaneEngine(lanes: 5);
        var batches = ScoringCanvases.Lay([Blank(1, 20), Blank(2, 20)], ScoringCanvas.Square, 32, false, 1, engine.Lanes);

        ScoringCanvases.Detect(batches, engine, new NmsOptions());

        Assert.Equal([1, 2], engine.Alone);
        Assert.Empty(engine.InLanes);
    }

    [Fact]
    public void Detect_EngineFailsInALane_ThrowsWhatItThrew()
    {
        var engine = new LaneEngine(lanes: 2, failing: 3);
        var batches = ScoringCanvases.Lay([.. Enumerable.Range(1, 4).Select(width => Blank(width, 20))], ScoringCanvas.Square, 32, false, 1, engine.Lanes);

        var exception = Assert.Throws<InvalidDataException>(() => ScoringCanvases.Detect(batches, engine, new NmsOptions()));

        Assert.Equal("3", exception.Message);
    }

    [Fact]
    public void DetectInLane_LibTorch_FindsWhatAllThreadsFindAndLeavesTheThreadItsNumber()
    {
        using var scope = NewDisposeScope();
        var network = YoloNetwork.Create(YoloArchitecture.V5Nano, classCount: 2);
        network.eval();
        using var engine = new TorchEngine(network, CPU);
        var random = new Random(1);
        var pixels = new byte[96 * 64 * ResizedImage.Channels];
        random.NextBytes(pixels);
        LetterboxedImage[] images = [new(new ResizedImage(96, 64, pixels), Letterbox.Fit(96, 64, 96, 96).Tight(32, isSpared: true))];
        var options = new NmsOptions { ScoreThreshold = 0.001f };
        var before = get_num_threads();

        var (all, lane) = (engine.Detect(images, options)[0], engine.DetectInLane(images, options)[0]);

        Assert.Equal(before, get_num_threads());
        Assert.NotEmpty(all);
        Assert.Equal(all.Select(one => one.ClassIndex), lane.Select(one => one.ClassIndex));
        Assert.All(all.Zip(lane), pair => Assert.Equal(pair.First.X0, pair.Second.X0, 1e-3f));
    }

    [Fact]
    public void One_WhileAnotherThreadComputes_LeavesThatThreadItsNumber()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.False(OpenMpThreads.CanDiffer);
            return;
        }

        var (inside, other) = (0, 0);
        using (OpenMpThreads.One())
        {
            inside = get_num_threads();
            var thread = new Thread(() => other = get_num_threads());
            thread.Start();
            thread.Join();
        }

        Assert.True(OpenMpThreads.CanDiffer);
        Assert.Equal(1, inside);
        Assert.Equal(get_num_threads(), other);
    }

    private static LetterboxedImage Blank(int width, int height) => new(new ResizedImage(width, height, []), Letterbox.Fit(width, height, 640, 640));

    /// <summary>Finds one object per image, of the class of the image's width, and notes where.</summary>
    private sealed class LaneEngine(int lanes, int failing = -1) : IDetectionEngine
    {
        public ScoringEngine Kind => ScoringEngine.LibTorch;

        public MapDecoder Decoder => throw new NotSupportedException();

        public int Lanes => lanes;

        public ConcurrentQueue<int> Alone { get; } = [];

        public ConcurrentQueue<int> InLanes { get; } = [];

        public Detection[][] Detect(IReadOnlyList<LetterboxedImage> images, NmsOptions options) => Find(images, Alone);

        public Detection[][] DetectInLane(IReadOnlyList<LetterboxedImage> images, NmsOptions options) => Find(images, InLanes);

        public void Dispose()
        {
        }

        private Detection[][] Find(IReadOnlyList<LetterboxedImage> images, ConcurrentQueue<int> where) => [.. images.Select(image =>
        {
            if (image.Image.Width == failing)
                throw new InvalidDataException($"{failing}");
            where.Enqueue(image.Image.Width);
            return new[] { new Detection(0, 0, 1, 1, 0.5f, image.Image.Width) };
        })];
    }
}
