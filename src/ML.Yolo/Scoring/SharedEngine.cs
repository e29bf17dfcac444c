using ML.Yolo.Imaging;
using ML.Yolo.Networks;

namespace ML.Yolo.Scoring;

/// <summary>An engine that any number of threads use and that may be disposed at any time: uses in flight finish, later ones are refused.</summary>
/// <remarks>The engine is freed by whoever comes last, the one who disposes it or the last of its users, so disposing waits for nobody.</remarks>
/// <param name="engine">Runs the network; owned.</param>
internal sealed class SharedEngine(IDetectionEngine engine) : IDetectionEngine
{
    private readonly Lock _lock = new();
    private int _users;
    private bool _isDisposed;

    public ScoringEngine Kind { get; } = engine.Kind;

    public MapDecoder Decoder { get; } = engine.Decoder;

    public bool HasFixedCanvas { get; } = engine.HasFixedCanvas;

    public long PixelsAtOnce { get; } = engine.PixelsAtOnce;

    public int Lanes => engine.Lanes;

    /// <summary>The engine itself; for more than a look at it, see <see cref="Use{T}"/>.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public IDetectionEngine Engine
    {
        get
        {
            ThrowIfDisposed();
            return engine;
        }
    }

    public Detection[][] Detect(IReadOnlyList<LetterboxedImage> images, NmsOptions options) => Use(inner => inner.Detect(images, options));

    public Detection[][] DetectInLane(IReadOnlyList<LetterboxedImage> images, NmsOptions options) => Use(inner => inner.DetectInLane(images, options));

    /// <summary>Does something with the engine, which is there until that is done.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public T Use<T>(Func<IDetectionEngine, T> use)
    {
        Enter();
        try
        {
            return use(engine);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc cref="Use{T}"/>
    public void Use(Action<IDetectionEngine> use) => Use(inner =>
    {
        use(inner);
        return true;
    });

    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public void ThrowIfDisposed()
    {
        lock (_lock)
            ThrowIf(_isDisposed);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            if (_users > 0)
                return;
        }

        engine.Dispose();
    }

    private static void ThrowIf(bool isDisposed)
    {
        if (isDisposed)
        {
            throw new ObjectDisposedException(nameof(YoloTransformer), "The detector was disposed: it can neither score nor be saved. A PredictionEngine "
                + "disposes its model with itself unless it is made with PredictionEngineOptions.OwnsTransformer = false.");
        }
    }

    private void Enter()
    {
        lock (_lock)
        {
            ThrowIf(_isDisposed);
            _users++;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_users > 0 || !_isDisposed)
                return;
        }

        engine.Dispose();
    }
}
