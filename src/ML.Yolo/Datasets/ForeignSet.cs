namespace ML.Yolo.Datasets;

/// <summary>Recognises sets of other formats where one in the YOLO format is wanted, and says what reads them.</summary>
internal static class ForeignSet
{
    private const int StartLength = 1 << 16;

    private static readonly string[] VocFolders = ["Annotations", "annotations", "Annotation", "xmls"];

    /// <summary>What a file or folder seems to be and the lines that read and convert it, as a sentence; null where it is nothing known.</summary>
    /// <param name="path">Full path, of a file or folder that is there.</param>
    public static string? Advice(string path)
    {
        if (File.Exists(path))
            return OfJson(path);
        if (IsPascalVoc(path))
        {
            return $"It looks like a Pascal VOC set: mlContext.Data.LoadFromPascalVoc(\"{path}\", \"train\") reads it, and "
                + $"'mlyolo convert --from \"{path}\" --to NEW-FOLDER' makes a YOLO set of it.";
        }

        return JsonFiles(path).Select(OfJson).FirstOrDefault(advice => advice is not null);
    }

    private static bool IsPascalVoc(string folder)
        => Directory.Exists(Path.Combine(folder, "ImageSets", "Main"))
            || VocFolders.Select(name => Path.Combine(folder, name)).Append(folder).Any(HasXml);

    private static bool HasXml(string folder) => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.xml").Any();

    private static IEnumerable<string> JsonFiles(string folder)
    {
        string[] folders = [folder, Path.Combine(folder, "annotations")];
        return folders.Where(Directory.Exists).SelectMany(one => Directory.EnumerateFiles(one, "*.json").Order(StringComparer.Ordinal));
    }

    private static string? OfJson(string file)
    {
        if (!Path.GetExtension(file).Equals(".json", StringComparison.OrdinalIgnoreCase))
            return null;
        var start = new char[StartLength];
        using var reader = new StreamReader(file);
        var text = new string(start, 0, reader.ReadBlock(start));
        if (Has("assets") || Has("videoSettings"))
            return $"'{file}' looks like a VoTT export: mlContext.Data.LoadFromVott(\"{file}\") reads it{Converted("")}";
        return Has("images") || Has("annotations") || Has("categories")
            ? $"'{file}' looks like a COCO set: mlContext.Data.LoadFromCoco(\"{file}\", imageFolder: \"IMAGE-FOLDER\") reads it"
                + Converted(" --images IMAGE-FOLDER")
            : null;

        bool Has(string name) => text.Contains($"\"{name}\"", StringComparison.Ordinal);

        string Converted(string images) => $", and 'mlyolo convert --from \"{file}\"{images} --to NEW-FOLDER' makes a YOLO set of it.";
    }
}
