namespace ML.Yolo.Datasets;

/// <summary>Where the label file of an image is: in the folder "labels" beside the folder "images", or beside the image.</summary>
internal sealed class YoloLabelFiles
{
    private const string Extension = ".txt";

    private readonly FileFinder _files = new();

    /// <summary>The convention: the last folder named "images" is "labels", and the extension is .txt.</summary>
    public static string ConventionalPath(string imagePath)
    {
        var parts = Path.ChangeExtension(imagePath, Extension).Split(Path.DirectorySeparatorChar);
        var folder = Array.FindLastIndex(parts, parts.Length - 2, part => part.Equals("images", StringComparison.OrdinalIgnoreCase));
        if (folder >= 0)
            parts[folder] = parts[folder] switch { "Images" => "Labels", "IMAGES" => "LABELS", _ => "labels" };
        return string.Join(Path.DirectorySeparatorChar, parts);
    }

    /// <summary>The label file of an image; null where there is none.</summary>
    public string? Find(string imagePath)
    {
        var conventional = ConventionalPath(imagePath);
        if (File.Exists(conventional))
            return conventional;
        var beside = Path.ChangeExtension(imagePath, Extension);
        return OtherCapitals(imagePath).Append(beside).Select(_files.Find).FirstOrDefault(found => found is not null);
    }

    private static IEnumerable<string> OtherCapitals(string imagePath)
    {
        var parts = Path.ChangeExtension(imagePath, Extension).Split(Path.DirectorySeparatorChar);
        var folder = Array.FindLastIndex(parts, parts.Length - 2, part => part.Equals("images", StringComparison.OrdinalIgnoreCase));
        if (folder < 0)
            yield break;
        foreach (var name in new[] { "labels", "Labels", "LABELS" })
        {
            parts[folder] = name;
            yield return string.Join(Path.DirectorySeparatorChar, parts);
        }
    }
}
