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

    /// <summary>Those that belong to no layer.</summary>
    public virtual IEnumerable<Module> SharedModules => [];

    /// <summary>Whether a tensor of the head's state never changes: weights from elsewhere may hold it, with the same values, or lack it.</summary>
    /// <param name="name">Name of the tensor within the head.</param>
    public virtual bool IsConstant(string name) => false;

    /// <summary>The number of classes that the state of a head of this kind is for; null where it is of no such head.</summary>
    /// <param name="shapes">The shape of a tensor by its name within the head; null where there is none.</param>
    public abstract int? ClassCountOf(Func<string, long[]?> shapes);

    /// <summary>Whether a tensor has the shape it has in this head, but for a number of classes.</summary>
    /// <param name="name">Name of the tensor within the head.</param>
    /// <param name="found">Shape of the tensor found.</param>
    /// <param name="wanted">Shape of the head's own.</param>
    /// <param name="classCount">The number of classes.</param>
    public abstract bool IsOfClassCount(string name, ReadOnlySpan<long> found, ReadOnlySpan<long> wanted, int classCount);

    /// <summary>Whether a tensor of the head's state has rows of its own for each class, and may be copied class by class.</summary>
    /// <param name="name">Name of the tensor within the head.</param>
    /// <param name="found">Shape of the tensor of a head for <paramref name="classCount"/> classes.</param>
    /// <param name="wanted">Shape of the head's own.</param>
    /// <param name="classCount">Number of classes of the tensor found.</param>
    public abstract bool HasClassRows(string name, ReadOnlySpan<long> found, ReadOnlySpan<long> wanted, int classCount);

    /// <summary>Copies the rows of some classes, and those that all classes share.</summary>
    /// <param name="found">A tensor for which <see cref="HasClassRows"/> holds.</param>
    /// <param name="wanted">The head's own.</param>
    /// <param name="classCount">Number of classes of the tensor found.</param>
    /// <param name="pairs">Indices of a class there and here.</param>
    public abstract void CopyClassRows(Tensor found, Tensor wanted, int classCount, IReadOnlyList<(int Found, int Wanted)> pairs);
}
