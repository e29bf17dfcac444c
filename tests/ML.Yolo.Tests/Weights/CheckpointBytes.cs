using static TorchSharp.torch;

namespace ML.Yolo.Tests.Weights;

/// <summary>A checkpoint as <c>torch.save(model.state_dict())</c> writes it.</summary>
internal static class CheckpointBytes
{
    public static byte[] Of(IReadOnlyDictionary<string, Tensor> state)
    {
        using var scope = NewDisposeScope();
        var storages = new List<(string, byte[])>();
        var pickle = new PickleBytes().Dictionary(pairs =>
        {
            foreach (var (name, value) in state)
            {
                var tensor = value.detach().contiguous();
                pairs.Text(name).Tensor(tensor.dtype == ScalarType.Int64 ? "LongStorage" : "FloatStorage", $"{storages.Count}", tensor.numel(), tensor.shape, tensor.stride());
                storages.Add(($"{storages.Count}", tensor.bytes.ToArray()));
            }
        });
        return ZipBytes.Checkpoint(pickle.Stop(), [.. storages]).ToArray();
    }
}
