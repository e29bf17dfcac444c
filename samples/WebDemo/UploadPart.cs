namespace WebDemo;

/// <summary>A part of a multipart request.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Name">Name of its file, or of its field.</param>
internal sealed record UploadPart(int Index, string? Name);
