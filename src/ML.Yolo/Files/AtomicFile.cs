namespace ML.Yolo.Files;

/// <summary>Writes a file whole or not at all: into a temporary neighbour, flushed to the disk, then moved into place.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Replaces <paramref name="path"/> by what <paramref name="write"/> puts into the stream. Where that throws, the old file stays and nothing else is
    /// left.
    /// </summary>
    /// <exception cref="IOException">The file could not be written; the message names it.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var target = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (IOException exception)
        {
            throw new IOException($"'{target}' could not be written, and was left as it was: {exception.Message}", exception);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
