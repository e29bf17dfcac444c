using ML.Yolo.Evaluation;
using ML.Yolo.Networks;
using ML.Yolo.Samples;

namespace ML.Yolo.Reports;

/// <summary>How often, how large and where objects are, and whose they are.</summary>
internal sealed class LabelStatistics
{
    private readonly int? _canvas;
    private readonly ObjectSurvey _objects;

    private LabelStatistics(YoloTransformer? model, ObjectSurvey objects, bool isOfTraining)
    {
        (_canvas, _objects, IsOfTraining) = (model?.ImageSize, objects, isOfTraining);
        Anchors = model?.Engine.Decoder is AnchorDecoder { Anchors: var anchors }
            ? [.. anchors.Sizes.Select(size => ((double)size.Width, (double)size.Height))]
            : [];
    }

    /// <summary>Whether the objects are those the detector was trained on; else they are those it was measured on.</summary>
    public bool IsOfTraining { get; }

    /// <summary>Objects by class index.</summary>
    public IReadOnlyDictionary<int, int> Counts => _objects.Counts;

    /// <summary>Width and height of some objects, pixels of the network's input or of the images.</summary>
    public IReadOnlyList<(double Width, double Height)> Sizes => _objects.Sizes;

    /// <summary>Whether sizes are those the network sees.</summary>
    public bool AreSizesOfInput => _canvas is not null;

    /// <summary>Width and height of the anchors, pixels of the network's input; empty for a network without anchors.</summary>
    public IReadOnlyList<(double Width, double Height)> Anchors { get; }

    /// <summary>How many centres lie in each cell of the image, row by row.</summary>
    public int[,] Positions => _objects.Positions;

    /// <summary>Statistics to which the measured objects are added.</summary>
    /// <param name="model">Sizes are measured as its network sees them; null measures pixels of the images.</param>
    public static LabelStatistics OfMeasured(YoloTransformer? model) => new(model, new ObjectSurvey(), isOfTraining: false);

    /// <summary>Those of the objects that a model was trained on; null where it was not trained in this process.</summary>
    public static LabelStatistics? OfTraining(YoloTransformer? model)
        => model?.Insight is { } insight ? new LabelStatistics(model, insight.Objects, isOfTraining: true) : null;

    /// <param name="objects">Objects of an image.</param>
    /// <param name="size">Its width and height; null where they are not known.</param>
    public void Add(ReadOnlySpan<EvaluatedObject> objects, (int Width, int Height)? size)
    {
        foreach (var item in objects)
        {
            var box = item.Box;
            var scale = size is { } known && _canvas is { } canvas ? (double)canvas / Math.Max(known.Width, known.Height) : 1;
            _objects.Add(item.Class, (box.X1 - box.X0) * scale, (box.Y1 - box.Y0) * scale);
            if (size is { } image)
                _objects.AddPosition((box.X0 + box.X1) / 2 / image.Width, (box.Y0 + box.Y1) / 2 / image.Height);
        }
    }
}
