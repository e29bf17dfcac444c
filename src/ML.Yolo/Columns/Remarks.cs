using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Columns;

/// <summary>
/// What was guessed, passed over or repaired while a set was read: each kind once, with its count and the first place. May be used by several threads.
/// </summary>
internal sealed class Remarks
{
    // Annotation by which the column of a loader's image paths carries them along a pipeline.
    private const string Annotation = "Remarks";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Kind> _kinds = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private int _said;

    /// <summary>Everything so far, a sentence per kind.</summary>
    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (_lock)
                return _order.ConvertAll(Text);
        }
    }

    /// <summary>What was remarked about the data behind a column of image paths; nothing where no loader made it.</summary>
    public static IReadOnlyList<string> Of(DataViewSchema.Column imagePath) => KeyNames.TryReadText(imagePath, Annotation, out var texts) ? texts : [];

    /// <summary>Notes a place; the same one may be noted in several passes.</summary>
    /// <param name="what">The kind: a sentence without its full stop.</param>
    /// <param name="sample">Which sample or place it is.</param>
    /// <param name="where">The place for people.</param>
    public void Add(string what, long sample, string where)
    {
        lock (_lock)
        {
            if (!_kinds.TryGetValue(what, out var kind))
            {
                _kinds[what] = kind = new Kind();
                _order.Add(what);
            }

            if (kind.Samples.Add(sample) && sample <= kind.FirstSample)
                (kind.FirstSample, kind.First) = (sample, where);
        }
    }

    /// <summary>The kinds that were not taken before.</summary>
    public IReadOnlyList<string> TakeNew()
    {
        lock (_lock)
        {
            var texts = _order.Skip(_said).Select(Text).ToList();
            _said = _order.Count;
            return texts;
        }
    }

    /// <summary>Adds the annotation that carries these remarks.</summary>
    public void AddTo(DataViewSchema.Annotations.Builder annotations) => annotations.Add(
        Annotation,
        new VectorDataViewType(TextDataViewType.Instance),
        (ref VBuffer<ReadOnlyMemory<char>> value) =>
        {
            var texts = Texts;
            value = new(texts.Count, [.. texts.Select(text => text.AsMemory())]);
        });

    private string Text(string what)
    {
        var kind = _kinds[what];
        return FormattableString.Invariant($"{what}: {kind.Samples.Count}, the first is {kind.First}.");
    }

    private sealed class Kind
    {
        public HashSet<long> Samples { get; } = [];

        public long FirstSample { get; set; } = long.MaxValue;

        public string First { get; set; } = "";
    }
}
