using static TorchSharp.torch;

namespace ML.Yolo.Weights;

/// <summary>Reads the memory of a checkpoint's tensors out of its zip, each once, straight into tensors.</summary>
/// <param name="zip">The checkpoint.</param>
/// <param name="folder">Where its storages lie.</param>
/// <param name="source">Name for messages.</param>
internal sealed class CheckpointStorages(ZipDirectory zip, string folder, string source)
{
    private const int MaxDimensions = 16;

    private readonly Dictionary<string, ZipDirectory.Entry> _entries = zip.Entries
        .Where(entry => entry.Name.StartsWith(folder, StringComparison.Ordinal))
        .ToDictionary(entry => entry.Name[folder.Length..]);
    private readonly Dictionary<string, (TorchStorage Storage, Tensor Memory)> _read = [];

    /// <summary>
    /// The tensor, as a view of its storage; tensors that share one share its memory, as they did in PyTorch. Made in the dispose scope around the call.
    /// </summary>
    /// <exception cref="WeightsFormatException">It claims more than its storage holds, or its storage is missing or damaged.</exception>
    public Tensor View(string name, TorchTensor tensor)
    {
        CheckBounds(name, tensor);
        return Memory(name, tensor.Storage).as_strided(tensor.Shape, tensor.Strides, tensor.Offset);
    }

    private void CheckBounds(string name, TorchTensor tensor)
    {
        var (shape, strides, count) = (tensor.Shape, tensor.Strides, tensor.Storage.Count);
        if (shape.Length != strides.Length || shape.Length > MaxDimensions || shape.Concat(strides).Append(tensor.Offset).Any(number => number < 0))
        {
            var (sizes, steps) = (string.Join(", ", shape.Take(MaxDimensions)), string.Join(", ", strides.Take(MaxDimensions)));
            throw Damaged(name, $"has shape ({sizes}), strides ({steps}) and offset {tensor.Offset}; as many strides as sizes were expected, none below 0");
        }

        var (elements, last) = ((Int128)1, (Int128)tensor.Offset);
        for (var i = 0; i < shape.Length && elements <= count; i++)
        {
            elements *= shape[i];
            last += (Int128)Math.Max(shape[i] - 1, 0) * strides[i];
        }

        // Some elements may lie in the same place, but then there are fewer of them: no weight is saved expanded.
        if (elements > count || (elements > 0 && last >= count))
            throw Damaged(name, $"claims shape ({string.Join(", ", shape)}) from element {tensor.Offset} of a storage of {count}");
    }

    private Tensor Memory(string name, TorchStorage storage)
    {
        if (_read.TryGetValue(storage.Key, out var read))
        {
            return read.Storage == storage
                ? read.Memory
                : throw Damaged(name, $"says that storage {storage.Key} is a {storage.TypeName} of {storage.Count}; "
                    + $"another says {read.Storage.TypeName} of {read.Storage.Count}");
        }

        if (!storage.TryGetElement(out var type, out var size))
            throw Damaged(name, $"lies in a {storage.TypeName}; known are {TorchStorage.KnownTypes}");
        if (!_entries.TryGetValue(storage.Key, out var entry))
            throw Damaged(name, $"lies in storage {storage.Key}, which is not in the file");
        if (storage.Count < 0 || (Int128)storage.Count * size != entry.Length)
            throw Damaged(name, $"lies in a {storage.TypeName} of {storage.Count} elements; the entry '{entry.Name}' has {entry.Length} bytes");
        if (entry.Length > int.MaxValue)
            throw Damaged(name, $"lies in a storage of {entry.Length} bytes; at most {int.MaxValue} can be read");
        var memory = empty([storage.Count], type);
        if (entry.Length > 0)
            zip.Read(entry, memory.bytes);
        _read[storage.Key] = (storage, memory);
        return memory;
    }

    private WeightsFormatException Damaged(string name, string what) => new($"'{source}': the tensor '{name}' {what}.");
}
