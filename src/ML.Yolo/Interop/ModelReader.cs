using System.IO.Compression;
using System.Runtime.CompilerServices;
using Microsoft.ML;

namespace ML.Yolo.Interop;

/// <summary>One component in a model zip that is being loaded.</summary>
internal sealed class ModelReader(ModelLoadContext context)
{
    /// <exception cref="FormatException">The component is not what the header says, or was saved by a later version of the library.</exception>
    public void Check(ComponentHeader header) => header.Check(context);

    /// <summary>Reads a stream whole; false where the zip has none of that name.</summary>
    /// <exception cref="InvalidDataException">An entry of the zip claims to unfold to far more than it takes.</exception>
    public bool TryRead(string name, Action<Stream> read)
    {
        // ML.NET unpacks an entry whole before anybody reads of it.
        foreach (var entry in Archive(context.Repository).Entries)
        {
            if (PackedSize.Problem(entry.FullName, entry.CompressedLength, entry.Length) is { } problem)
                throw new InvalidDataException(problem);
        }

        return context.TryLoadBinaryStream(name, reader => read(reader.BaseStream));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_archive")]
    private static extern ref ZipArchive Archive(RepositoryReader repository);
}
