namespace WebDemo;

/// <summary>An image as it came, encoded.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="Part">Where it was in a multipart request; null where it was the body.</param>
internal sealed record UploadedImage(byte[] Bytes, UploadPart? Part);
