using System.Runtime.InteropServices;
using ML.Yolo.Devices;
using ML.Yolo.Imaging;
using ML.Yolo.Networks;
using static TorchSharp.torch;

namespace ML.Yolo.Scoring;

/// <summary>Scores with LibTorch: network, decoding, suppression, and the way back to the pixels of the originals.</summary>
/// <param name="network">The network, in evaluation mode and on its device. Its anchors stay as they are.</param>
/// <param name="device">Where the network runs.</param>
/// <param name="ownsNetwork">Whether the network is disposed with the engine.</param>
internal sealed class TorchEngine(YoloNetwork network, Device device, bool ownsNetwork = true) : IDetectionEngine
{
    private readonly Lock _lock = new();
    private volatile bool _isFolded;

    public ScoringEngine Kind => ScoringEngine.LibTorch;

    public long PixelsAtOnce => device.type == TorchSharp.DeviceType.CPU ? ScoringCanvases.PixelsOfCaches : long.MaxValue;

    public int Lanes => device.type == TorchSharp.DeviceType.CPU && OpenMpThreads.CanDiffer ? get_num_threads() : 1;

    public MapDecoder Decoder { get; } = network.Head.CreateDecoder();

    /// <summary>The network, in evaluation mode. Whoever takes it may change its weights: they are folded anew when scoring next.</summary>
    public YoloNetwork Network
    {
        get
        {
            Unfold();
            return network;
        }
    }

    /// <summary>Where the network runs.</summary>
    public Device Device => device;

    public Detection[][] Detect(IReadOnlyList<LetterboxedImage> images, NmsOptions options) => Detect(images, options, seen: null);

    /// <summary>Detects, and shows what the network gave.</summary>
    /// <param name="images">Images of one canvas.</param>
    /// <param name="options">How overlapping detections are suppressed.</param>
    /// <param name="seen">Told of the network's maps, which are the engine's; null where nobody asks.</param>
    public Detection[][] Detect(IReadOnlyList<LetterboxedImage> images, NmsOptions options, Action<Tensor[]>? seen)
    {
        using var scope = NewDisposeScope();
        using var noGradient = inference_mode();
        var pixels = ImageBatch.Assemble(images, images[0].Letterbox.CanvasWidth, images[0].Letterbox.CanvasHeight);
        var maps = Run(ImageBatch.ToInput(pixels, device));
        seen?.Invoke(maps);
        var likely = Decoder.DecodeLikely(maps, options.ScoreThreshold);
        return [.. likely.Select((predictions, i) => ToDetections(NonMaxSuppression.Apply(predictions, options).Rows, images[i].Letterbox))];
    }

    public Detection[][] DetectInLane(IReadOnlyList<LetterboxedImage> images, NmsOptions options)
    {
        using var one = OpenMpThreads.One();
        return Detect(images, options);
    }

    /// <summary>The network alone, folded.</summary>
    /// <param name="input">(B, 3, H, W) floats in [0, 1] on the device.</param>
    public Tensor[] Run(Tensor input)
    {
        Fold();
        return network.call(input);
    }

    public void Dispose()
    {
        if (ownsNetwork)
            network.Dispose();
        else
            Unfold();
    }

    private void Fold()
    {
        if (_isFolded)
            return;
        lock (_lock)
        {
            if (!_isFolded)
                network.Fold();
            _isFolded = true;
        }
    }

    private void Unfold()
    {
        lock (_lock)
        {
            if (_isFolded)
                network.Unfold();
            _isFolded = false;
        }
    }

    private static Detection[] ToDetections(Tensor rows, Letterbox letterbox)
        => rows.shape[0] == 0 ? [] : Detection.FromRows(MemoryMarshal.Cast<byte, float>(rows.contiguous().bytes), letterbox);
}
