using static TorchSharp.torch;

namespace ML.Yolo.Tests.Weights;

/// <summary>A checkpoint as Ultralytics' programs write it: a dictionary that holds the model as a tree of pickled modules.</summary>
internal static class ModuleBytes
{
    public static byte[] Of(IReadOnlyDictionary<string, Tensor> state)
    {
        using var scope = NewDisposeScope();
        var storages = new List<(string, byte[])>();
        var pickle = new PickleBytes().Dictionary(root => root
            .Text("epoch").Integer(-1)
            .Text("ema").Op('N')
            .Text("model").Object("ultralytics.nn.tasks", "DetectionModel", fields =>
            {
                fields.Text("stride").Tensor("FloatStorage", "stride", 3, [3], [1]);
                fields.Text("names").Dictionary(names => names.Integer(0).Text("square"));
                fields.Text("args").Object("ultralytics.utils", "IterableSimpleNamespace", settings => settings.Text("task").Text("detect"));
                Fields(fields, state, storages);
            })
            .Text("train_args").Dictionary(settings => settings.Text("imgsz").Integer(640)));
        storages.Add(("stride", new byte[12]));
        return ZipBytes.Checkpoint(pickle.Stop(), [.. storages]).ToArray();
    }

    /// <summary>A module's own tensors and its children, by the first part of the names.</summary>
    private static void Fields(PickleBytes fields, IReadOnlyDictionary<string, Tensor> state, List<(string Key, byte[] Data)> storages)
    {
        var own = state.Where(entry => !entry.Key.Contains('.')).ToLookup(entry => IsBuffer(entry.Key));
        fields.Text("training").Raw(0x89);
        fields.Text("_parameters").Dictionary(parameters => Tensors(parameters, own[false], storages));
        fields.Text("_buffers").Dictionary(buffers => Tensors(buffers, own[true], storages));
        fields.Text("_modules").Dictionary(modules =>
        {
            foreach (var child in state.Where(entry => entry.Key.Contains('.')).GroupBy(entry => entry.Key[..entry.Key.IndexOf('.')]))
            {
                var inner = child.ToDictionary(entry => entry.Key[(child.Key.Length + 1)..], entry => entry.Value);
                modules.Text(child.Key).Object("ultralytics.nn.modules.block", "C3k2", members => Fields(members, inner, storages));
            }
        });
    }

    private static void Tensors(PickleBytes pairs, IEnumerable<KeyValuePair<string, Tensor>> tensors, List<(string Key, byte[] Data)> storages)
    {
        foreach (var (name, value) in tensors)
        {
            var tensor = value.detach().contiguous();
            var storage = tensor.dtype switch { ScalarType.Int64 => "LongStorage", ScalarType.Float16 => "HalfStorage", _ => "FloatStorage" };
            pairs.Text(name).Tensor(storage, $"{storages.Count}", tensor.numel(), tensor.shape, tensor.stride());
            storages.Add(($"{storages.Count}", tensor.bytes.ToArray()));
        }
    }

    private static bool IsBuffer(string name) => name.StartsWith("running_", StringComparison.Ordinal) || name == "num_batches_tracked";
}
