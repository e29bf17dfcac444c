using Microsoft.Win32.SafeHandles;

namespace ML.Yolo.Imaging;

/// <summary>
/// Keeps resized images for random access: in memory while the budget lasts, the rest in a temporary file that vanishes with the process, or not at all
/// where a file can be decoded again.
/// </summary>
/// <remarks>For any number of threads; an image may be read once it is added.</remarks>
/// <param name="budget">Memory for pixels, shared with other caches; it is not given back.</param>
internal sealed class ImageCache(MemoryBudget budget) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private SafeFileHandle? _file;
    private long _fileLength;

    /// <summary>Images held.</summary>
    public int Count => _entries.Count;

    /// <summary>Keeps an image and returns its index.</summary>
    /// <exception cref="IOException">The temporary file cannot be written, for instance since the disk is full.</exception>
    public int Add(ResizedImage image)
    {
        var (index, offset) = Reserve(image);
        if (offset is not { } position)
            return index;
        try
        {
            RandomAccess.Write(_file!, image.Pixels, position);
        }
        catch (IOException exception)
        {
            throw new IOException(
                $"The image cache in '{Path.GetTempPath()}' cannot be written: {exception.Message} "
                + "Set ImageCaching to Off, ImageCacheMegabytes higher, or TMPDIR (TEMP on Windows) to another disk.",
                exception);
        }

        return index;
    }

    /// <summary>Keeps where an image is instead of its pixels, and returns its index.</summary>
    public int Add(ImageFile file)
    {
        lock (_lock)
        {
            _entries.Add(new Entry(0, 0, null, 0, file));
            return _entries.Count - 1;
        }
    }

    /// <summary>The image of that index; its pixels must not be written to.</summary>
    public ResizedImage Get(int index)
    {
        Entry entry;
        lock (_lock)
            entry = _entries[index];
        if (entry.File is not null)
            return entry.File.Read();
        var pixels = entry.Pixels;
        if (pixels is null)
        {
            pixels = GC.AllocateUninitializedArray<byte>(entry.Width * entry.Height * ResizedImage.Channels);
            var read = RandomAccess.Read(_file!, pixels, entry.Offset);
            if (read != pixels.Length)
                throw new IOException($"The image cache ends after {read} of the {pixels.Length} bytes of image {index}.");
        }

        return new ResizedImage(entry.Width, entry.Height, pixels);
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    /// <summary>A place in memory, or in the file where memory is used up.</summary>
    private (int Index, long? Offset) Reserve(ResizedImage image)
    {
        lock (_lock)
        {
            if (budget.TryTake(image.Pixels.Length))
            {
                _entries.Add(new Entry(image.Width, image.Height, image.Pixels, 0, null));
                return (_entries.Count - 1, null);
            }

            _file ??= OpenTemporary();
            var offset = _fileLength;
            _fileLength += image.Pixels.Length;
            _entries.Add(new Entry(image.Width, image.Height, null, offset, null));
            return (_entries.Count - 1, offset);
        }
    }

    /// <summary>A file that the system removes even where the process is killed.</summary>
    private static SafeFileHandle OpenTemporary()
    {
        var path = Path.Combine(Path.GetTempPath(), $"ml-yolo-{Guid.NewGuid():N}.cache");
        var whenClosed = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, whenClosed);
        // On Unix a file without a name lives as long as it is open; DeleteOnClose is .NET's doing there, and a killed process does nothing.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        return file;
    }

    private readonly record struct Entry(int Width, int Height, byte[]? Pixels, long Offset, ImageFile? File);
}
