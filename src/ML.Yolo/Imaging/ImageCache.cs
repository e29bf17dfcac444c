using Microsoft.Win32.SafeHandles;

namespace ML.Yolo.Imaging;

/// <summary>Keeps resized images for random access: in memory up to a budget, the rest in a temporary file that vanishes with the cache.</summary>
/// <remarks>Adding is for one thread; reading for any number, once adding is over.</remarks>
internal sealed class ImageCache(long memoryBudget) : IDisposable
{
    private readonly List<Entry> _entries = [];
    private SafeFileHandle? _file;
    private long _memoryUsed;
    private long _fileLength;

    /// <summary>Images held.</summary>
    public int Count => _entries.Count;

    /// <summary>Keeps an image and returns its index.</summary>
    public int Add(ResizedImage image)
    {
        if (_memoryUsed + image.Pixels.Length <= memoryBudget)
        {
            _memoryUsed += image.Pixels.Length;
            _entries.Add(new Entry(image.Width, image.Height, image.Pixels, 0));
        }
        else
        {
            _file ??= File.OpenHandle(
                Path.Combine(Path.GetTempPath(), $"ml-yolo-{Guid.NewGuid():N}.cache"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
            RandomAccess.Write(_file, image.Pixels, _fileLength);
            _entries.Add(new Entry(image.Width, image.Height, null, _fileLength));
            _fileLength += image.Pixels.Length;
        }

        return _entries.Count - 1;
    }

    /// <summary>The image of that index; its pixels must not be written to.</summary>
    public ResizedImage Get(int index)
    {
        var entry = _entries[index];
        var pixels = entry.Pixels;
        if (pixels is null)
        {
            pixels = new byte[entry.Width * entry.Height * ResizedImage.Channels];
            var read = RandomAccess.Read(_file!, pixels, entry.Offset);
            if (read != pixels.Length)
                throw new IOException($"The image cache ends after {read} of the {pixels.Length} bytes of image {index}.");
        }

        return new ResizedImage(entry.Width, entry.Height, pixels);
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private readonly record struct Entry(int Width, int Height, byte[]? Pixels, long Offset);
}
