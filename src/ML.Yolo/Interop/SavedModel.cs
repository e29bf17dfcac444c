using Microsoft.ML;

namespace ML.Yolo.Interop;

/// <summary>The streams of one component of an ML.NET model zip, which ML.NET lets only its own components read.</summary>
internal readonly struct SavedModel
{
    private readonly ModelLoadContext _context;

    internal SavedModel(ModelLoadContext context) => _context = context;

    /// <summary>Reads a stream; false where the zip has none of that name.</summary>
    public bool TryRead(string name, Action<Stream> read) => _context.TryLoadBinaryStream(name, reader => read(reader.BaseStream));
}
