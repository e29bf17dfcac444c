namespace WebDemo.Load;

/// <summary>What a caller sends.</summary>
/// <param name="Bytes">The body.</param>
/// <param name="Kind">What is wrong with it, or nothing.</param>
internal sealed record Upload(byte[] Bytes, UploadKind Kind);
