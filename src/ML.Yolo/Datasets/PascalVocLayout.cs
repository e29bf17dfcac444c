using ML.Yolo.Columns;

namespace ML.Yolo.Datasets;

/// <summary>
/// Where the files of one split of a Pascal VOC set are: <c>ImageSets/Main/SPLIT.txt</c> names them, or, where a set has no such folder, a folder of XML files
/// is the split: <c>SPLIT</c> itself, or the whole set.
/// </summary>
internal sealed class PascalVocLayout
{
    private static readonly string[] AnnotationFolders = ["Annotations", "annotations", "Annotation", "xmls", "labels"];
    private static readonly string[] ImageFolders = ["JPEGImages", "jpegimages", "Images", "images", "imgs"];

    private readonly string _root;
    private readonly string _split;
    private readonly Remarks _remarks;

    /// <exception cref="FileNotFoundException">There is no such split.</exception>
    /// <exception cref="DatasetFormatException">It names no image.</exception>
    public PascalVocLayout(string root, string split, Remarks remarks)
    {
        (_root, _split, _remarks) = (root, split, remarks);
        var splits = Path.Combine(root, "ImageSets", "Main");
        List = Path.Combine(splits, split + ".txt");
        if (File.Exists(List))
        {
            (AnnotationFolder, ImageFolder) = (Path.Combine(root, "Annotations"), Path.Combine(root, "JPEGImages"));
            Images = [.. ReadList()];
            return;
        }

        if (Directory.Exists(splits) || SplitFolder() is not { } folder)
            throw new FileNotFoundException(NoSuchSplit(splits), List);
        (List, AnnotationFolder) = (folder, Among(AnnotationFolders, folder));
        ImageFolder = Among(ImageFolders, folder);
        var files = Directory.EnumerateFiles(AnnotationFolder).Where(IsAnnotation).Order(StringComparer.Ordinal);
        Images = [.. files.Select(file => (Path.GetFileNameWithoutExtension(file), 0))];
        remarks.Add("A set without ImageSets/Main: every annotation of the folder is taken", 0, $"'{AnnotationFolder}'");
    }

    /// <summary>What names the images: the text file, or the folder.</summary>
    public string List { get; }

    /// <summary>Where the XML files are.</summary>
    public string AnnotationFolder { get; }

    /// <summary>Where the images are.</summary>
    public string ImageFolder { get; }

    /// <summary>Name of each image, and the line that names it; 0 where it is a file's own name.</summary>
    public IReadOnlyList<(string Name, int Line)> Images { get; }

    private static bool IsAnnotation(string file)
        => Path.GetExtension(file).Equals(".xml", StringComparison.OrdinalIgnoreCase) && !Path.GetFileName(file).StartsWith('.');

    private static bool HasAnnotations(string folder) => Directory.Exists(folder) && Directory.EnumerateFiles(folder).Any(IsAnnotation);

    /// <summary>The first of some folders that is there; the folder itself where none is: XML files and images then lie side by side.</summary>
    private static string Among(string[] names, string folder)
        => names.Select(name => Path.Combine(folder, name)).FirstOrDefault(Directory.Exists) ?? folder;

    private string? SplitFolder()
    {
        if (SetPath.Inside(_root, _split) is { } own && HasAnnotations(Among(AnnotationFolders, own)))
            return own;
        return _split == "train" && HasAnnotations(Among(AnnotationFolders, _root)) ? _root : null;
    }

    private string NoSuchSplit(string splits)
    {
        var expected = $"'{List}' does not exist; a text file of image names, one per line, was expected";
        if (Directory.Exists(splits))
        {
            var names = Directory.GetFiles(splits, "*.txt").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal);
            return $"{expected}. There are: {string.Join(", ", names)}.";
        }

        string[] all = Directory.Exists(_root) ? Directory.GetDirectories(_root) : [];
        var folders = all.Where(folder => HasAnnotations(Among(AnnotationFolders, folder))).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
        var present = folders.Count == 0 ? "" : $" Folders with annotations are: {string.Join(", ", folders)}.";
        return $"{expected}, or a folder '{_split}' of XML files.{present}";
    }

    private IEnumerable<(string Name, int Line)> ReadList()
    {
        var (number, count) = (0, 0);
        foreach (var line in SetText.ReadLines(List))
        {
            number++;
            if (line.Trim().Length == 0)
                continue;
            count++;
            yield return (Name(line.Trim(), number), number);
        }

        if (count == 0)
            throw new DatasetFormatException(List, line: null, "the file names no image; one name per line was expected.");
    }

    /// <summary>
    /// A line is a name, which may have spaces, quotes around it, an extension or a folder in front; or a name and whether the class of the list is in the
    /// image: 1, −1 or 0.
    /// </summary>
    private string Name(string line, int number)
    {
        if (line.Length > 2 && line[0] is '"' or '\'' && line[^1] == line[0])
            return line[1..^1].Trim();
        var flag = line.LastIndexOfAny([' ', '\t']);
        var unflagged = flag > 0 && line[(flag + 1)..] is "1" or "-1" or "0" ? line[..flag].Trim() : line;
        var known = new[] { line, unflagged }.SelectMany(name => new[] { name, SetPath.Stem(SetPath.FileName(name)) }).FirstOrDefault(HasAnnotation);
        if (known is not null && known != line && known != unflagged)
            _remarks.Add("Names of images with a folder or an extension are taken without it", number, $"'{line}' in '{List}', line {number}");
        return known ?? unflagged;
    }

    private bool HasAnnotation(string name) => SetPath.Inside(AnnotationFolder, name + ".xml") is { } path && File.Exists(path);
}
