using System.Text.Json;

namespace ML.Yolo.Datasets;

/// <summary>What a detector needs of a VoTT export: tags, assets and their regions.</summary>
internal sealed class VottFile
{
    private const int NotVisited = 0;

    private static readonly string[] Fields = ["left", "top", "width", "height"];

    private readonly List<Asset> _assets = [];
    private readonly List<DatasetFault> _faults = [];
    private readonly List<string> _tags = [];

    private VottFile(string path) => FilePath = path;

    /// <summary>Full path of the file.</summary>
    public string FilePath { get; }

    /// <summary>Names of the tags, in the order of the file.</summary>
    public IReadOnlyList<string> Tags => _tags;

    /// <summary>The images, in the order of the file.</summary>
    public IReadOnlyList<Asset> Assets => _assets;

    /// <summary>What is wrong with single assets and their regions, in the order of the file.</summary>
    public IReadOnlyList<DatasetFault> Faults => _faults;

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
        while (json.ReadElement())
        {
            json.RequireObject("tags");
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
            ReadEntry(json, id);
    }

    /// <summary>One image: its own mistakes are its own, and the others are read.</summary>
    private void ReadEntry(JsonTokenStream json, string id)
    {
        json.Read();
        var asset = new Asset { Line = json.Line };
        string? fault = null;
        if (json.Type != JsonTokenType.StartObject)
        {
            fault = $"the asset '{id}' is {json.CurrentValue().Found}; an object with 'asset' and 'regions' was expected.";
        }
        else
        {
            while (json.ReadProperty(out var name))
            {
                if (name == "asset")
                    fault ??= Read(json.ReadValue(), asset, id);
                else if (name == "regions")
                    fault = ReadRegions(json, asset, fault);
                else
                    json.Skip();
            }

            fault ??= asset.Path.Length == 0 ? $"the asset '{id}' has no 'path'." : null;
        }

        if (fault is not null)
            _faults.Add(new DatasetFault(_assets.Count, FilePath, asset.FaultLine ?? asset.Line, fault));
        if (fault is not null || asset.State != NotVisited || asset.Regions.Count > 0)
            _assets.Add(asset);
    }

    private static string? Read(JsonValue value, Asset asset, string id)
    {
        if (value.Type != JsonTokenType.StartObject)
            return $"the asset '{id}': 'asset' is {value.Found}; an object was expected.";
        foreach (var (name, member) in value.Members)
        {
            string? expected = null;
            switch (name)
            {
                case "name" when member.Type == JsonTokenType.String: asset.Name = member.Text!; break;
                case "path" when member.Type == JsonTokenType.String: asset.Path = member.Text!; break;
                case "state" when member.IsNumber(out var state) && Math.Abs(state) <= int.MaxValue: asset.State = (int)state; break;
                case "size" when member.Type == JsonTokenType.StartObject: expected = ReadSize(member, asset); break;
                case "name" or "path": expected = "text"; break;
                case "state": expected = "a number"; break;
                case "size": expected = "an object with 'width' and 'height'"; break;
                default: break;
            }

            if (expected is null)
                continue;
            asset.FaultLine = member.Line;
            return $"the asset '{id}': '{name}' is {member.Found}; {expected} was expected.";
        }

        return null;
    }

    /// <summary>What was expected instead; null where all is well.</summary>
    private static string? ReadSize(JsonValue size, Asset asset)
    {
        foreach (var (name, member) in size.Members.Where(entry => entry.Key is "width" or "height"))
        {
            if (!member.IsNumber(out var number) || number is < 0 or > int.MaxValue)
                return $"a whole number of pixels as its '{name}'";
            if (name == "width")
                asset.Width = (int)number;
            else
                asset.Height = (int)number;
        }

        return null;
    }

    private static string? ReadRegions(JsonTokenStream json, Asset asset, string? fault)
    {
        json.Read();
        if (json.Type != JsonTokenType.StartArray)
            return fault ?? $"'regions' is {json.CurrentValue().Found}; an array was expected.";
        while (json.ReadElement())
        {
            var (line, box, tags) = (json.Line, (JsonValue?)null, (JsonValue?)null);
            if (json.Type != JsonTokenType.StartObject)
            {
                fault ??= At(asset, line, $"a region is {json.CurrentValue().Found}; an object was expected.");
                continue;
            }

            while (json.ReadProperty(out var name))
            {
                if (name == "boundingBox")
                    box = json.ReadValue();
                else if (name == "tags")
                    tags = json.ReadValue();
                else
                    json.Skip();
            }

            fault ??= ReadRegion(box, tags, line, asset);
        }

        return fault;
    }

    private static string? ReadRegion(JsonValue? box, JsonValue? tags, int line, Asset asset)
    {
        if (tags is not null && !IsListOfText(tags))
            return At(asset, tags.Line, $"a region's 'tags' is {tags.Found}; an array of text was expected.");
        if (box is null)
            return At(asset, line, "a region has no 'boundingBox'.");
        if (ToBox(box, out var problem) is not { } corners)
            return At(asset, box.Line, problem);
        asset.Regions.Add(new Region(corners, tags is null ? [] : [.. tags.Items.Select(tag => tag.Text!)], line));
        return null;
    }

    private static bool IsListOfText(JsonValue value)
        => value.Type == JsonTokenType.StartArray && value.Count == value.Items.Count && value.Items.All(item => item.Type == JsonTokenType.String);

    private static string At(Asset asset, int line, string problem)
    {
        asset.FaultLine = line;
        return problem;
    }

    private static Box? ToBox(JsonValue value, out string problem)
    {
        var numbers = new double[Fields.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            var member = value.Members.GetValueOrDefault(Fields[i]);
            problem = value.Type != JsonTokenType.StartObject
                ? $"'boundingBox' is {value.Found}; an object with 'left', 'top', 'width' and 'height' was expected."
                : member is null ? $"'boundingBox' has no '{Fields[i]}'."
                : $"'{Fields[i]}' is {member.Found}; a number was expected.";
            if (member is null || !member.IsNumber(out numbers[i]))
                return null;
        }

        var (left, top, width, height) = (numbers[0], numbers[1], numbers[2], numbers[3]);
        var box = new Box((float)left, (float)top, (float)(left + width), (float)(top + height));
        var expected = box.IsFinite ? "a width and height of at least 0" : "numbers that are finite in single precision";
        problem = FormattableString.Invariant($"'boundingBox' is left {left}, top {top}, width {width} and height {height}; {expected} were expected.");
        return width >= 0 && height >= 0 && box.IsFinite ? box : null;
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

        /// <summary>Where in the file the asset goes wrong; null where it does not, or as a whole.</summary>
        public int? FaultLine { get; set; }
    }

    /// <summary>A labelled box.</summary>
    internal readonly record struct Region(Box Box, string[] Tags, int Line);
}
