namespace ML.Yolo.Weights;

/// <summary>
/// The Python classes and functions a checkpoint may name to mean something: collections, tensors and parameters. Every other becomes an opaque
/// <see cref="PickleObject"/>.
/// </summary>
internal static class TorchObjects
{
    private const int MaxDimensions = 64;

    /// <summary>What a call of <paramref name="callable"/> means as data.</summary>
    public static object? Construct(object? callable, object?[] arguments) => (callable as PickleGlobal)?.FullName switch
    {
        "collections.OrderedDict" => Dictionary(arguments),
        "builtins.dict" or "__builtin__.dict" => Dictionary(arguments),
        "builtins.set" or "__builtin__.set" or "builtins.frozenset" or "__builtin__.frozenset" or "builtins.list" or "__builtin__.list"
            => arguments is [List<object?> items] ? items : new List<object?>(),
        "torch.Size" => arguments is [object?[] sizes] ? sizes : arguments,
        "torch._utils._rebuild_tensor_v2" or "torch._utils._rebuild_tensor" => (object?)Tensor(arguments) ?? Opaque(callable, arguments),
        "torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state"
            => arguments is [TorchTensor tensor, ..] ? tensor : Opaque(callable, arguments),
        _ => Opaque(callable, arguments),
    };

    /// <summary>What a persistent id means: ("storage", class, key, device, elements) is a tensor's memory.</summary>
    public static object? Load(object? id)
        => id is object?[] and ["storage", PickleGlobal type, string key, _, long count, ..]
            ? new TorchStorage(type.Name, key, count)
            : new PickleObject(id, []);

    private static PickleObject Opaque(object? callable, object?[] arguments) => new(callable, arguments);

    private static PickleDictionary Dictionary(object?[] arguments)
    {
        var dictionary = new PickleDictionary();
        foreach (var pair in arguments is [List<object?> pairs] ? pairs : [])
        {
            if ((pair as object?[] ?? (pair as List<object?>)?.ToArray()) is [var key, var value])
                dictionary.Set(key, value);
        }

        return dictionary;
    }

    private static TorchTensor? Tensor(object?[] arguments)
        => arguments is [TorchStorage storage, long offset, object?[] { Length: <= MaxDimensions } shape, object?[] { Length: <= MaxDimensions } strides, ..]
            && shape.All(size => size is long) && strides.All(stride => stride is long)
            ? new TorchTensor(storage, offset, [.. shape.Cast<long>()], [.. strides.Cast<long>()])
            : null;
}
