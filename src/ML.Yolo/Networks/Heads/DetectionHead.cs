using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ML.Yolo.Networks;

/// <summary>Turns features into maps, one tensor per layer of predictions. It knows what its maps mean, and makes the decoder that reads them.</summary>
internal abstract class DetectionHead : Module<Tensor[], Tensor[]>
{
    private protected DetectionHead(string name, HeadSettings settings)
        : base(name)
        => Settings = settings;

    /// <summary>What it predicts.</summary>
    public HeadSettings Settings { get; }

    /// <summary>Anchors (L, A, 2) in cells, a buffer of its state; null for a head without.</summary>
    public virtual Tensor? Anchors => null;

    /// <summary>A decoder of its maps, by the anchors it has now.</summary>
    public abstract MapDecoder CreateDecoder();

    /// <summary>The modules that make the map of one layer. All work at the size of the map.</summary>
    public abstract IEnumerable<Module> ModulesOf(int layer);

    /// <summary>The shape of the map of one layer for one image, for people.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="height">Rows of cells.</param>
    /// <param name="width">Columns of cells.</param>
    public abstract string DescribeMap(int layer, int height, int width);

    /// <summary>The number of classes that a tensor of the head's state would be for; null where its shape does not depend on that number, or fits none.</summary>
    /// <param name="name">Name of the tensor within the head.</param>
    /// <param name="found">Shape of the tensor found.</param>
    /// <param name="wanted">Shape of the head's own.</param>
    public abstract int? ClassCountOf(string name, ReadOnlySpan<long> found, ReadOnlySpan<long> wanted);
}
