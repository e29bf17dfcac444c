using ML.Yolo.Columns;

namespace ML.Yolo.Datasets;

/// <summary>
/// The images in folders and the folders within: every real folder once, however many links lead to it; hidden files and folders are passed over.
/// </summary>
/// <param name="remarks">Is told of images in formats that cannot be read, and of links that are not followed.</param>
internal sealed class ImageFolder(Remarks remarks)
{
    private static readonly HashSet<string> OtherImages = new(StringComparer.OrdinalIgnoreCase)
    {
        ".ai", ".arw", ".avif", ".cr2", ".cr3", ".dcm", ".dib", ".dng", ".emf", ".eps", ".exr", ".hdr", ".heic", ".heif", ".ico", ".j2k", ".jp2", ".jpx",
        ".jxl", ".mpo", ".nef", ".orf", ".pbm", ".pcx", ".pfm", ".pgm", ".pnm", ".ppm", ".psd", ".raf", ".raw", ".rw2", ".svg", ".tga", ".tif", ".tiff",
        ".wbmp", ".wmf", ".xcf",
    };

    private readonly HashSet<string> _visited = new(StringComparer.Ordinal);
    private long _passedOver;

    /// <summary>The images of a folder, in the order of their paths.</summary>
    public IEnumerable<string> Images(string location)
    {
        var root = RealPath(location);
        var images = new List<string>();
        var (folders, links) = (new Stack<string>([location]), new Queue<string>());
        while (folders.Count > 0 || links.Count > 0)
        {
            // Real folders first: what a link leads to keeps its own path where it has one here.
            var folder = folders.Count > 0 ? folders.Pop() : links.Dequeue();
            var real = RealPath(folder);
            if (folder != location && IsWithin(root, real))
                remarks.Add("Links that lead back to a folder above are not followed", _passedOver++, $"'{folder}'");
            else if (_visited.Add(real))
                Read(folder, images, folders, links);
        }

        return images.Order(StringComparer.Ordinal);
    }

    private void Read(string folder, List<string> images, Stack<string> folders, Queue<string> links)
    {
        foreach (var file in Directory.EnumerateFiles(folder).Where(IsVisible).Order(StringComparer.Ordinal))
        {
            if (SetPath.IsImage(file))
                images.Add(file);
            else if (OtherImages.Contains(Path.GetExtension(file)))
                remarks.Add("Images of formats that are not read (JPEG, PNG, BMP, GIF and WebP are) are left out", _passedOver++, $"'{file}'");
        }

        foreach (var inner in Directory.EnumerateDirectories(folder).Where(IsVisible).OrderDescending(StringComparer.Ordinal))
        {
            if (new DirectoryInfo(inner).LinkTarget is null)
                folders.Push(inner);
            else
                links.Enqueue(inner);
        }
    }

    /// <summary>Names that begin with a dot, and the folder that macOS' zips bring, do not belong to a set.</summary>
    private static bool IsVisible(string path) => !Path.GetFileName(path).StartsWith('.') && Path.GetFileName(path) != "__MACOSX";

    private static bool IsWithin(string path, string folder)
        => path == folder || path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The path with every link in it resolved.</summary>
    private static string RealPath(string path)
    {
        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        foreach (var part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            if (new DirectoryInfo(real) is { LinkTarget: not null } link && link.ResolveLinkTarget(returnFinalTarget: true) is { } target)
                real = RealPath(target.FullName);
        }

        return real;
    }
}
