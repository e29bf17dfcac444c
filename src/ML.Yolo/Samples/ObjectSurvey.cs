namespace ML.Yolo.Samples;

/// <summary>How often, how large and where objects are; a fixed number of them stands for all.</summary>
internal sealed class ObjectSurvey
{
    /// <summary>Cells per side of <see cref="Positions"/>.</summary>
    public const int Cells = 20;

    private const int MaxSizes = 1200;

    // The same objects are drawn each time.
    private readonly Random _random = new(1);
    private readonly List<(double Width, double Height)> _sizes = [];
    private readonly Dictionary<int, int> _counts = [];
    private long _seen;

    /// <summary>Objects by class index.</summary>
    public IReadOnlyDictionary<int, int> Counts => _counts;

    /// <summary>Width and height of some objects.</summary>
    public IReadOnlyList<(double Width, double Height)> Sizes => _sizes;

    /// <summary>How many centres lie in each cell of the image, row by row.</summary>
    public int[,] Positions { get; } = new int[Cells, Cells];

    /// <summary>Of all objects of a set: sizes in pixels of the network's canvas.</summary>
    public static ObjectSurvey Of(TrainingSet set)
    {
        var survey = new ObjectSurvey();
        foreach (var sample in set.Samples)
        {
            for (var i = 0; i < sample.Boxes.Length; i++)
            {
                var (box, placed) = (sample.Boxes[i], sample.Letterbox.ToCanvas(sample.Boxes[i]));
                survey.Add(sample.Classes[i], placed.Width, placed.Height);
                survey.AddPosition((box.X0 + box.X1) / 2 / sample.Letterbox.Width, (box.Y0 + box.Y1) / 2 / sample.Letterbox.Height);
            }
        }

        return survey;
    }

    /// <summary>Adds an object.</summary>
    public void Add(int label, double width, double height)
    {
        _counts[label] = _counts.GetValueOrDefault(label) + 1;
        AddSize(width, height);
    }

    /// <summary>Adds where an object's centre lies.</summary>
    /// <param name="x">Share of the image's width.</param>
    /// <param name="y">Share of its height.</param>
    public void AddPosition(double x, double y) => Positions[Cell(y), Cell(x)]++;

    private static int Cell(double share) => Math.Clamp((int)(share * Cells), 0, Cells - 1);

    /// <summary>Keeps each object with the same chance, however many there are.</summary>
    private void AddSize(double width, double height)
    {
        _seen++;
        if (_sizes.Count < MaxSizes)
            _sizes.Add((width, height));
        else if (_random.NextInt64(_seen) is var place && place < MaxSizes)
            _sizes[(int)place] = (width, height);
    }
}
