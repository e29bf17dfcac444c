using ML.Yolo.Tensors;
using static TorchSharp.torch;

namespace ML.Yolo.Weights;

/// <summary>Puts tensors by name into a network: each where name and shape are the same, converted to the network's type.</summary>
internal sealed class NetworkState
{
    private const int NamedInMessage = 8;
    private const string Variance = ".running_var";

    private static readonly string[] Derived = ["anchor_grid", "grid", "stride", "strides", "shape"];

    private readonly YoloNetwork _network;
    private readonly IReadOnlyDictionary<string, Tensor> _found;
    private readonly string _source;
    private readonly Dictionary<string, Tensor> _wanted;
    private readonly List<string> _misfits = [];
    private readonly List<string> _fits = [];
    private readonly List<string> _otherHead = [];
    private readonly List<string> _classRows = [];
    private readonly string _head;
    private readonly int? _classCount;

    private NetworkState(YoloNetwork network, IReadOnlyDictionary<string, Tensor> tensors, string source)
    {
        (_network, _source, _wanted) = (network, source, network.state_dict());
        _found = ByOwnNames(_wanted.Keys, tensors);
        _head = $"model.{network.Architecture.Layers.Length - 1}.";
        _classCount = network.Head.ClassCountOf(name => _found.TryGetValue(_head + name, out var tensor) ? tensor.shape : null);
        Sort();
    }

    /// <summary>
    /// The tensors by the names that the network has: without what wrappers put before every name ("module.", "model."), or with what was left out there.
    /// </summary>
    /// <param name="wanted">Names of the network.</param>
    /// <param name="tensors">Tensors by the names of a file.</param>
    public static IReadOnlyDictionary<string, Tensor> ByOwnNames(IEnumerable<string> wanted, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var known = wanted.ToHashSet(StringComparer.Ordinal);
        var probe = known.FirstOrDefault(name => name.EndsWith(".weight", StringComparison.Ordinal));
        if (probe is null || tensors.Keys.Any(known.Contains))
            return tensors;
        if (tensors.Keys.FirstOrDefault(name => name.EndsWith('.' + probe, StringComparison.Ordinal)) is { } wrapped)
        {
            var prefix = wrapped[..^probe.Length];
            return tensors.ToDictionary(tensor => WithoutPrefix(tensor.Key, prefix), tensor => tensor.Value);
        }

        var bare = tensors.Keys.Where(name => probe.EndsWith('.' + name, StringComparison.Ordinal)).MaxBy(name => name.Length);
        return bare is null ? tensors : tensors.ToDictionary(tensor => probe[..^bare.Length] + tensor.Key, tensor => tensor.Value);
    }

    private static string WithoutPrefix(string name, string prefix) => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;

    /// <summary>Copies every parameter and buffer. Nothing is copied unless all names and shapes match.</summary>
    /// <exception cref="WeightsFormatException">A name is missing or too many, or a shape differs; the message lists them.</exception>
    public static void Load(YoloNetwork network, IReadOnlyDictionary<string, Tensor> tensors, string source)
    {
        var state = new NetworkState(network, tensors, source);
        state._misfits.AddRange(state._otherHead.Select(state.OtherShape));
        state.RejectMisfits();
        state.Copy();
    }

    /// <summary>Copies what fits into a network that is to be trained: a head for another number of classes keeps its initial values.</summary>
    /// <param name="network">The network.</param>
    /// <param name="tensors">Tensors by name.</param>
    /// <param name="source">Name for messages.</param>
    /// <param name="allowPartial">Whether tensors may be missing, too many or of other shapes besides; if not, nothing is copied then.</param>
    /// <param name="classes">The classes of both: where the weights tell theirs, the head's rows are copied by name, never by number.</param>
    /// <param name="keepsSharedRows">Whether outputs that are of no class, such as those of boxes, are taken over from a head for other classes.</param>
    /// <exception cref="WeightsFormatException">Something but the head does not match, and <paramref name="allowPartial"/> is false; or nothing matches at
    /// all.</exception>
    public static PretrainedLoad LoadPretrained(
        YoloNetwork network,
        IReadOnlyDictionary<string, Tensor> tensors,
        string source,
        bool allowPartial,
        ClassNameMatch classes,
        bool keepsSharedRows = false)
    {
        var state = new NetworkState(network, tensors, source);
        if (!allowPartial)
            state.RejectMisfits();
        if (state._fits.Count == 0)
        {
            throw new WeightsFormatException(
                $"'{source}' holds {tensors.Count} tensors, none of which is one of {network.Architecture}: {Listed(tensors.Keys)}.");
        }

        state.SetClassRowsApart(classes);
        state.Copy();
        if (keepsSharedRows || classes.Pairs.Count > 0)
            state.CopyClassRows(classes);
        var isHeadNew = state._otherHead.Count > 0 || (state._classRows.Count > 0 && classes.Pairs.Count < classes.Wanted.Count);
        return new PretrainedLoad(isHeadNew, state.DescribeHead(classes), [.. state.MisfitsLeft()]);
    }

    private void Sort()
    {
        foreach (var (name, target) in _wanted)
        {
            var isConstant = name.StartsWith(_head, StringComparison.Ordinal) && _network.Head.IsConstant(name[_head.Length..]);
            if (!_found.TryGetValue(name, out var tensor))
                _misfits.AddRange(isConstant || IsCounter(name) ? [] : [$"{name} is missing"]);
            else if (HasShape(tensor, target.shape) && !isConstant)
                _fits.Add(name);
            else if (HasShape(tensor, target.shape))
                _misfits.AddRange(HasValues(tensor, target) ? [] : [$"{name} holds other values than the head's own, which never change"]);
            else if (IsOfOtherHead(name, tensor, target))
                _otherHead.Add(name);
            else
                _misfits.Add(OtherShape(name));
        }

        _misfits.AddRange(_found.Keys.Where(name => !_wanted.ContainsKey(name) && !IsDerived(name)).Select(name => $"{name} is not part of it"));
    }

    /// <summary>What other programs save besides: grids and strides of the head, which follow from the rest.</summary>
    private static bool IsDerived(string name) => Derived.Contains(name[(name.LastIndexOf('.') + 1)..]);

    /// <summary>A counter that nothing reads while its momentum is given.</summary>
    public static bool IsCounter(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);

    private bool IsOfOtherHead(string name, Tensor tensor, Tensor target)
        => _classCount is { } classCount && name.StartsWith(_head, StringComparison.Ordinal)
            && _network.Head.IsOfClassCount(name[_head.Length..], tensor.shape, target.shape, classCount);

    /// <summary>Tensors of the head that have a row per class are not copied as they are where the classes are others.</summary>
    private void SetClassRowsApart(ClassNameMatch classes)
    {
        if (_classCount is not { } found || (found == _network.ClassCount && !classes.Differs))
            return;
        foreach (var list in new[] { _fits, _otherHead })
        {
            var apart = list.Where(name => name.StartsWith(_head, StringComparison.Ordinal)
                && _network.Head.HasClassRows(name[_head.Length..], _found[name].shape, _wanted[name].shape, found)).ToList();
            list.RemoveAll(apart.Contains);
            _classRows.AddRange(apart);
        }
    }

    /// <summary>A network with such weights finds nothing, or anything, without a word.</summary>
    private void RejectNotFinite(IEnumerable<string> names)
    {
        using var scope = NewDisposeScope();
        foreach (var name in names)
        {
            var values = _found[name].to(_wanted[name].dtype);
            if (!values.isfinite().all().item<bool>())
                throw new WeightsFormatException($"'{_source}': '{name}' holds numbers that are not finite in {values.dtype}; finite ones were expected.");
            if (name.EndsWith(Variance, StringComparison.Ordinal) && values.IsBelow(0).any().item<bool>())
                throw new WeightsFormatException($"'{_source}': '{name}' holds a variance below 0; at least 0 was expected.");
        }
    }

    private void CopyClassRows(ClassNameMatch classes)
    {
        if (_classCount is not { } found)
            return;
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var name in _classRows)
            _network.Head.CopyClassRows(_found[name].to(_wanted[name].dtype), _wanted[name], found, classes.Pairs);
    }

    private void Copy()
    {
        RejectNotFinite(_fits.Concat(_classRows));
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var name in _fits)
            _wanted[name].copy_(_found[name].reshape(_wanted[name].shape));
    }

    private void RejectMisfits()
    {
        if (_misfits.Count == 0)
            return;
        var actual = WeightsArchitecture.Of(_found);
        var whose = actual is null || actual.Name == _network.Architecture.Name
            ? ""
            : $" They are the weights of {actual}; the network is {_network.Architecture}.";
        throw new WeightsFormatException(
            $"'{_source}' does not fit {_network.Architecture} with {_network.ClassCount} classes in {_misfits.Count} tensors: {Listed(_misfits)}.{whose}");
    }

    private IEnumerable<string> MisfitsLeft()
    {
        if (_misfits.Count > 0)
            yield return $"'{_source}' does not fit {_network.Architecture} in {_misfits.Count} tensors, which are left out: {Listed(_misfits)}.";
    }

    private string? DescribeHead(ClassNameMatch classes)
    {
        var (known, wanted) = (classes.Pairs.Count, classes.Wanted.Count);
        if (classes.Differs && known == wanted && _otherHead.Count == 0)
            return $"'{_source}' was trained on the classes to be learned in another order, or on others too; the head's rows are taken over by name.";
        if (classes.Differs && known > 0)
        {
            var names = string.Join(", ", classes.Pairs.Take(NamedInMessage).Select(pair => classes.Wanted[pair.Wanted]));
            var more = known > NamedInMessage ? ", …" : "";
            return $"'{_source}' was trained on {_classCount} classes; of the {wanted} to be learned it knows {known} by name ({names}{more}). "
                + "The head begins anew for the others.";
        }

        if (_otherHead.Count > 0 || _classRows.Count > 0)
            return $"'{_source}' was trained on {_classCount} other classes; the head for the {wanted} to be learned begins anew.";
        return classes.IsKnown ? null : $"'{_source}' does not name its {_classCount} classes; they are taken to be those to be learned, in their order.";
    }

    private static bool HasValues(Tensor tensor, Tensor expected)
    {
        using var scope = NewDisposeScope();
        return tensor.to(expected.dtype, expected.device).eq(expected).all().item<bool>();
    }

    /// <summary>Some writers give a scalar the shape (1).</summary>
    private static bool HasShape(Tensor tensor, long[] expected)
        => tensor.shape.AsSpan().SequenceEqual(expected) || (expected.Length == 0 && tensor.numel() == 1);

    private string OtherShape(string name) => $"{name} has shape ({Text(_found[name].shape)}) where ({Text(_wanted[name].shape)}) was expected";

    private static string Listed(IEnumerable<string> texts)
    {
        var all = texts.ToList();
        return string.Join("; ", all.Take(NamedInMessage)) + (all.Count > NamedInMessage ? $" and {all.Count - NamedInMessage} more" : "");
    }

    private static string Text(long[] shape) => string.Join(", ", shape);
}
