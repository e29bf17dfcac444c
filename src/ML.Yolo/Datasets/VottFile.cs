using System.Text.Json;

namespace ML.Yolo.Datasets;

/// <summary>What a detector needs of a VoTT export: tags, assets and their regions.</summary>
internal sealed class VottFile
{
    private const int NotVisited = 0;

    private readonly List<Asset> _assets = [];
    private readonly List<string> _tags = [];

    private VottFile(string path) => FilePath = path;

    /// <summary>Full path of the file.</summary>
    public string FilePath { get; }

    /// <summary>Names of the tags, in the order of the file.</summary>
    public IReadOnlyList<string> Tags => _tags;

    /// <summary>The images, in the order of the file.</summary>
    public IReadOnlyList<Asset> Assets => _assets;

    /// <summary>Reads the file, once, from beginning to end.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="DatasetFormatException">It is malformed or truncated.</exception>
    public static VottFile Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist; the JSON of a VoTT export was expected.", path);
        var file = new VottFile(path);
        using var json = new JsonTokenStream(path);
        file.Read(json);
        return file;
    }

    private void Read(JsonTokenStream json)
    {
        json.Read(JsonTokenType.StartObject, "the file", "an object with 'tags' and 'assets'");
        while (json.ReadProperty(out var name))
        {
            if (name == "tags")
                ReadTags(json);
            else if (name == "assets")
                ReadAssets(json);
            else
                json.Skip();
        }

        json.ReadEnd();
        if (_tags.Count == 0 || _assets.Count == 0)
        {
            var missing = _tags.Count == 0 ? "tags" : "assets";
            const string Expected = "a VoTT export with at least one tag and one labelled asset was expected.";
            throw new DatasetFormatException(FilePath, line: null, $"'{missing}' is missing or empty; {Expected}");
        }

        if (_tags.GroupBy(tag => tag, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } repeated)
            throw new DatasetFormatException(FilePath, line: null, $"'tags' has the name '{repeated.Key}' twice.");
    }

    private void ReadTags(JsonTokenStream json)
    {
        json.Read(JsonTokenType.StartArray, "tags", "an array");
        while (json.ReadElement("tags"))
        {
            var (line, title) = (json.Line, "");
            while (json.ReadProperty(out var name))
            {
                if (name == "name")
                    title = json.ReadText(name);
                else
                    json.Skip();
            }

            _tags.Add(title.Length > 0 ? title : throw new DatasetFormatException(json.FilePath, line, "a tag has no 'name'."));
        }
    }

    private void ReadAssets(JsonTokenStream json)
    {
        json.Read(JsonTokenType.StartObject, "assets", "an object");
        while (json.ReadProperty(out var id))
        {
            json.Read(JsonTokenType.StartObject, id, "an object with 'asset' and 'regions'");
            var asset = new Asset { Line = json.Line };
            while (json.ReadProperty(out var name))
            {
                if (name == "asset")
                    ReadAsset(json, asset);
                else if (name == "regions")
                    ReadRegions(json, asset);
                else
                    json.Skip();
            }

            if (asset.Path.Length == 0)
                throw new DatasetFormatException(json.FilePath, asset.Line, $"the asset '{id}' has no 'path'.");
            if (asset.State != NotVisited || asset.Regions.Count > 0)
                _assets.Add(asset);
        }
    }

    private static void ReadAsset(JsonTokenStream json, Asset asset)
    {
        json.Read(JsonTokenType.StartObject, "asset", "an object");
        while (json.ReadProperty(out var name))
        {
            switch (name)
            {
                case "name": asset.Name = json.ReadText(name); break;
                case "path": asset.Path = json.ReadText(name); break;
                case "state": asset.State = (int)json.ReadNumber(name); break;
                case "size": (asset.Width, asset.Height) = ReadSize(json); break;
                default: json.Skip(); break;
            }
        }
    }

    private static (int Width, int Height) ReadSize(JsonTokenStream json)
    {
        json.Read(JsonTokenType.StartObject, "size", "an object");
        var (width, height) = (0.0, 0.0);
        while (json.ReadProperty(out var name))
        {
            switch (name)
            {
                case "width": width = json.ReadNumber(name); break;
                case "height": height = json.ReadNumber(name); break;
                default: json.Skip(); break;
            }
        }

        return ((int)width, (int)height);
    }

    private static void ReadRegions(JsonTokenStream json, Asset asset)
    {
        json.Read(JsonTokenType.StartArray, "regions", "an array");
        while (json.ReadElement("regions"))
        {
            var line = json.Line;
            var tags = new List<string>();
            Box? box = null;
            while (json.ReadProperty(out var name))
            {
                switch (name)
                {
                    case "tags": ReadNames(json, tags); break;
                    case "boundingBox": box = ReadBox(json); break;
                    default: json.Skip(); break;
                }
            }

            asset.Regions.Add(new Region(box ?? throw new DatasetFormatException(json.FilePath, line, "a region has no 'boundingBox'."), [.. tags], line));
        }
    }

    private static void ReadNames(JsonTokenStream json, List<string> names)
    {
        json.Read(JsonTokenType.StartArray, "tags", "an array of text");
        while (true)
        {
            json.Read();
            if (json.Type == JsonTokenType.EndArray)
                return;
            names.Add(json.CurrentText("tags"));
        }
    }

    private static Box ReadBox(JsonTokenStream json)
    {
        json.Read(JsonTokenType.StartObject, "boundingBox", "an object with 'left', 'top', 'width' and 'height'");
        var line = json.Line;
        var values = new double?[4];
        string[] fields = ["left", "top", "width", "height"];
        while (json.ReadProperty(out var name))
        {
            var field = Array.IndexOf(fields, name);
            if (field < 0)
                json.Skip();
            else
                values[field] = json.ReadNumber(name);
        }

        var missing = Array.FindIndex(values, value => value is null);
        if (missing >= 0)
            throw new DatasetFormatException(json.FilePath, line, $"'boundingBox' has no '{fields[missing]}'.");
        var (left, top, width, height) = (values[0]!.Value, values[1]!.Value, values[2]!.Value, values[3]!.Value);
        var box = new Box((float)left, (float)top, (float)(left + width), (float)(top + height));
        if (width >= 0 && height >= 0 && box.IsFinite)
            return box;
        var expected = box.IsFinite ? "a width and height of at least 0" : "numbers that are finite in single precision";
        var found = FormattableString.Invariant($"left {left}, top {top}, width {width} and height {height}");
        throw new DatasetFormatException(json.FilePath, line, $"'boundingBox' is {found}; {expected} were expected.");
    }

    /// <summary>An image and its regions.</summary>
    internal sealed class Asset
    {
        public string Name { get; set; } = "";

        public string Path { get; set; } = "";

        /// <summary>0 not visited, 1 visited, 2 labelled; labelled where the file does not say.</summary>
        public int State { get; set; } = 2;

        public int Width { get; set; }

        public int Height { get; set; }

        public List<Region> Regions { get; } = [];

        public required int Line { get; init; }
    }

    /// <summary>A labelled box.</summary>
    internal readonly record struct Region(Box Box, string[] Tags, int Line);
}
