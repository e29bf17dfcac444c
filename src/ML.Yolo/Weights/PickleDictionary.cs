namespace ML.Yolo.Weights;

/// <summary>A Python dictionary: keys of any kind, in the order they were set.</summary>
internal sealed class PickleDictionary
{
    private List<KeyValuePair<object?, object?>>? _items;

    public IReadOnlyList<KeyValuePair<object?, object?>> Items => _items ?? [];

    public void Set(object? key, object? value) => (_items ??= []).Add(new(key, value));

    /// <summary>The value last set under a text; null where there is none.</summary>
    public object? this[string key] => Items.LastOrDefault(item => item.Key is string text && text == key).Value;
}
