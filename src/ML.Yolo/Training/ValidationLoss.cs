using ML.Yolo.Imaging;
using ML.Yolo.Samples;
using static TorchSharp.torch;

namespace ML.Yolo.Training;

/// <summary>The loss over a validation set: the same function as in training, of which nothing is learned.</summary>
/// <param name="own">A loss of the training's options; not owned.</param>
/// <param name="training">The loss that trains, whose balance is taken over; not owned.</param>
internal sealed class ValidationLoss(DetectionLoss own, DetectionLoss training)
{
    private readonly Dictionary<string, double> _sums = [];
    private long _images;

    /// <summary>Starts anew, with what the training's loss has learned until now.</summary>
    public void Begin()
    {
        own.LoadState(training.State);
        _sums.Clear();
        _images = 0;
    }

    /// <summary>Adds images of one canvas.</summary>
    /// <param name="maps">What the network gave for them.</param>
    /// <param name="places">The images and their places on the canvas.</param>
    public void Add(Tensor[] maps, IReadOnlyList<(TrainingSample Sample, Letterbox Letterbox)> places)
    {
        using var scope = NewDisposeScope();
        var terms = own.Compute(maps, Targets(places).to(maps[0].device)).Terms;
        foreach (var (name, term) in terms)
            _sums[name] = _sums.GetValueOrDefault(name) + (term.to(ScalarType.Float64).item<double>() * places.Count);
        _images += places.Count;
    }

    /// <summary>The means by name, over the images of all ranks.</summary>
    public IReadOnlyDictionary<string, float> Read(Distribution distribution)
    {
        double[] sums = [.. own.TermNames.Select(name => _sums.GetValueOrDefault(name)), _images];
        distribution.Sum(sums);
        return own.TermNames.Zip(sums).ToDictionary(term => term.First, term => (float)(term.Second / sums[^1]));
    }

    /// <summary>(N, 6): image, class, cx, cy, w, h in [0, 1] of the canvas.</summary>
    private static Tensor Targets(IReadOnlyList<(TrainingSample Sample, Letterbox Letterbox)> places)
    {
        var rows = new List<float>();
        for (var image = 0; image < places.Count; image++)
        {
            var (sample, letterbox) = places[image];
            var (width, height) = (letterbox.CanvasWidth, letterbox.CanvasHeight);
            foreach (var (label, box) in sample.Classes.Zip(sample.Boxes, (label, box) => (label, letterbox.ToCanvas(box))))
                rows.AddRange([image, label, (box.X0 + box.X1) / 2 / width, (box.Y0 + box.Y1) / 2 / height, box.Width / width, box.Height / height]);
        }

        return tensor(rows.ToArray()).reshape(-1, 6);
    }
}
