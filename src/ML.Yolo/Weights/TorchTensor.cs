namespace ML.Yolo.Weights;

/// <summary>A tensor as a pickle describes it: a view of a storage. Nothing about it has been checked yet.</summary>
/// <param name="Storage">The memory.</param>
/// <param name="Offset">Its first element in that memory.</param>
/// <param name="Shape">Its size along each dimension.</param>
/// <param name="Strides">Elements from one index to the next, along each dimension.</param>
internal sealed record TorchTensor(TorchStorage Storage, long Offset, long[] Shape, long[] Strides);
