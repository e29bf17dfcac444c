namespace WebDemo;

/// <summary>A file that cannot be served. The message says why and what to do.</summary>
internal sealed class ModelException(string message, Exception? inner = null) : Exception(message, inner);
