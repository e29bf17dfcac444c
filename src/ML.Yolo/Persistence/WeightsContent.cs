using static TorchSharp.torch;

namespace ML.Yolo.Persistence;

/// <summary>What a file of weights holds.</summary>
/// <param name="Tensors">Tensors by name, on the CPU.</param>
/// <param name="ClassNames">Names of the classes in the order of the head's outputs; null where the file does not tell.</param>
internal sealed record WeightsContent(IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyList<string>? ClassNames);
