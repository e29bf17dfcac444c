using ML.Yolo.Evaluation;

namespace ML.Yolo.Reports;

/// <summary>How often, how large and where the objects are; a fixed number of them stands for all.</summary>
internal sealed class LabelStatistics
{
    /// <summary>Cells a side of <see cref="Positions"/>.</summary>
    public const int Cells = 20;

    private const int MostSizes = 1200;

    // The same objects are drawn each time.
    private readonly Random _random = new(1);
    private readonly List<(double Width, double Height)> _sizes = [];
    private readonly Dictionary<int, int> _counts = [];
    private readonly int? _canvas;
    private long _seen;

    /// <param name="model">Sizes are measured as its network sees them; null measures pixels of the images.</param>
    public LabelStatistics(YoloTransformer? model)
    {
        _canvas = model?.Options.ImageSize;
        Anchors = model is null ? [] : AnchorSizes(model.Network);
    }

    /// <summary>Objects by class index.</summary>
    public IReadOnlyDictionary<int, int> Counts => _counts;

    /// <summary>Width and height of some objects, pixels of the network's input or of the images.</summary>
    public IReadOnlyList<(double Width, double Height)> Sizes => _sizes;

    /// <summary>Whether sizes are those the network sees.</summary>
    public bool AreSizesOfInput => _canvas is not null;

    /// <summary>Width and height of the anchors, pixels of the network's input.</summary>
    public IReadOnlyList<(double Width, double Height)> Anchors { get; }

    /// <summary>How many centres lie in each cell of the image, row by row.</summary>
    public int[,] Positions { get; } = new int[Cells, Cells];

    /// <param name="objects">Objects of an image.</param>
    /// <param name="size">Its width and height; null where they are not known.</param>
    public void Add(ReadOnlySpan<EvaluatedObject> objects, (int Width, int Height)? size)
    {
        foreach (var item in objects)
        {
            _counts[item.Class] = _counts.GetValueOrDefault(item.Class) + 1;
            var box = item.Box;
            var scale = size is { } known && _canvas is { } canvas ? (double)canvas / Math.Max(known.Width, known.Height) : 1;
            AddSize((box.X1 - box.X0) * scale, (box.Y1 - box.Y0) * scale);
            if (size is { } image)
                Positions[Cell((box.Y0 + box.Y1) / 2 / image.Height), Cell((box.X0 + box.X1) / 2 / image.Width)]++;
        }
    }

    private static int Cell(float share) => Math.Clamp((int)(share * Cells), 0, Cells - 1);

    private static List<(double Width, double Height)> AnchorSizes(YoloNetwork network)
        => network.Anchors is { } cells ? [.. AnchorSet.FromCells(cells, network.Strides).Sizes.Select(size => ((double)size.Width, (double)size.Height))] : [];

    /// <summary>Keeps each object with the same chance, however many there are.</summary>
    private void AddSize(double width, double height)
    {
        _seen++;
        if (_sizes.Count < MostSizes)
            _sizes.Add((width, height));
        else if (_random.NextInt64(_seen) is var place && place < MostSizes)
            _sizes[(int)place] = (width, height);
    }
}
