using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ML.Yolo.Datasets;

/// <summary>What a detector needs of a COCO JSON: images, boxes and categories. Crowds are kept out.</summary>
internal sealed class CocoFile
{
    private readonly List<Image> _images = [];
    private readonly List<(int Image, Item Item)> _annotations = [];
    private readonly List<(string Id, string Name)> _categories = [];
    private readonly IndexById _imageIds = new();
    private readonly IndexById _categoryIds = new();
    private Item[] _objects = [];
    private int[] _firstObject = [];

    private CocoFile(string path) => FilePath = path;

    /// <summary>Full path of the file.</summary>
    public string FilePath { get; }

    /// <summary>Names of the categories, by ascending id.</summary>
    public IReadOnlyList<string> ClassNames { get; private set; } = [];

    /// <summary>The images, in the order of the file.</summary>
    public IReadOnlyList<Image> Images => _images;

    /// <summary>Lines of the annotations whose image is not there.</summary>
    public List<int> Orphans { get; } = [];

    /// <summary>Reads the file, once, from beginning to end.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="DatasetFormatException">It is malformed or truncated.</exception>
    public static CocoFile Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist; a COCO JSON file was expected.", path);
        var file = new CocoFile(path);
        using (var json = new JsonTokenStream(path))
            file.Read(json);
        file.Resolve();
        return file;
    }

    /// <summary>The objects of an image.</summary>
    public ReadOnlySpan<Item> Objects(int image) => _objects.AsSpan(_firstObject[image].._firstObject[image + 1]);

    private void Read(JsonTokenStream json)
    {
        json.Read(JsonTokenType.StartObject, "the file", "an object with 'images', 'annotations' and 'categories'");
        var sections = new HashSet<string>();
        while (json.ReadProperty(out var name))
        {
            Action<JsonTokenStream>? read = name switch
            {
                "images" => ReadImage,
                "annotations" => ReadAnnotation,
                "categories" => ReadCategory,
                _ => null,
            };
            if (read is null)
            {
                json.Skip();
                continue;
            }

            sections.Add(name);
            json.Read(JsonTokenType.StartArray, name, "an array");
            while (json.ReadElement(name))
                read(json);
        }

        json.ReadEnd();
        if (new[] { "images", "annotations", "categories" }.FirstOrDefault(name => !sections.Contains(name)) is { } missing)
            throw new DatasetFormatException(FilePath, line: null, $"'{missing}' is missing; 'images', 'annotations' and 'categories' were expected.");
    }

    private void ReadImage(JsonTokenStream json)
    {
        var line = json.Line;
        var (id, fileName, width, height) = ((string?)null, (string?)null, 0.0, 0.0);
        while (json.ReadProperty(out var name))
        {
            switch (name)
            {
                case "id": id = json.ReadId(name); break;
                case "file_name": fileName = json.ReadText(name); break;
                case "width": width = json.ReadNumber(name); break;
                case "height": height = json.ReadNumber(name); break;
                default: json.Skip(); break;
            }
        }

        if (id is null || fileName is null)
            throw new DatasetFormatException(FilePath, line, $"an image has no '{(id is null ? "id" : "file_name")}'.");
        if (!_imageIds.Define(id, _images.Count))
            throw new DatasetFormatException(FilePath, line, $"'images' has the id {id} twice.");
        _images.Add(new Image(fileName, (int)width, (int)height, line));
    }

    private void ReadCategory(JsonTokenStream json)
    {
        var line = json.Line;
        var (id, title) = ((string?)null, (string?)null);
        while (json.ReadProperty(out var name))
        {
            switch (name)
            {
                case "id": id = json.ReadId(name); break;
                case "name": title = json.ReadText(name); break;
                default: json.Skip(); break;
            }
        }

        if (id is null || string.IsNullOrEmpty(title))
            throw new DatasetFormatException(FilePath, line, $"a category has no '{(id is null ? "id" : "name")}'.");
        if (!_categoryIds.Define(id, _categories.Count))
            throw new DatasetFormatException(FilePath, line, $"'categories' has the id {id} twice.");
        _categories.Add((id, title));
    }

    private void ReadAnnotation(JsonTokenStream json)
    {
        var line = json.Line;
        var (image, category, isCrowd) = (-1, -1, false);
        double[]? box = null;
        while (json.ReadProperty(out var name))
        {
            switch (name)
            {
                case "image_id": image = _imageIds.Mention(json.ReadId(name)); break;
                case "category_id": category = _categoryIds.Mention(json.ReadId(name)); break;
                case "iscrowd": isCrowd = json.ReadFlag(name); break;
                case "bbox": box = ReadBox(json); break;
                default: json.Skip(); break;
            }
        }

        if (isCrowd)
            return;
        if ((image < 0 ? "image_id" : category < 0 ? "category_id" : box is null ? "bbox" : null) is { } missing)
            throw new DatasetFormatException(FilePath, line, $"an annotation has no '{missing}'.");
        _annotations.Add((image, new Item(category, ToBox(box!, line), line)));
    }

    private static double[] ReadBox(JsonTokenStream json)
    {
        json.Read(JsonTokenType.StartArray, "bbox", "an array of four numbers");
        double[] box = [json.ReadNumber("bbox"), json.ReadNumber("bbox"), json.ReadNumber("bbox"), json.ReadNumber("bbox")];
        json.Read(JsonTokenType.EndArray, "bbox", "an array of four numbers");
        return box;
    }

    private Box ToBox(double[] bbox, int line)
    {
        var (x, y, width, height) = (bbox[0], bbox[1], bbox[2], bbox[3]);
        var box = new Box((float)x, (float)y, (float)(x + width), (float)(y + height));
        if (width >= 0 && height >= 0 && box.IsFinite)
            return box;
        var expected = box.IsFinite ? "x, y, width and height with a width and height of at least 0" : "numbers that are finite in single precision";
        throw new DatasetFormatException(FilePath, line, FormattableString.Invariant($"'bbox' is [{x}, {y}, {width}, {height}]; {expected} were expected."));
    }

    /// <summary>Ids may be mentioned before they are defined: now that all are known, annotations are sorted by image and categories by id.</summary>
    private void Resolve()
    {
        var order = Enumerable.Range(0, _categories.Count).OrderBy(index => Number(_categories[index].Id)).ThenBy(index => index).ToArray();
        ClassNames = [.. order.Select(index => _categories[index].Name)];
        if (ClassNames.Count == 0)
            throw new DatasetFormatException(FilePath, line: null, "'categories' is empty; at least one class was expected.");
        if (_images.Count == 0)
            throw new DatasetFormatException(FilePath, line: null, "'images' is empty; at least one image was expected.");
        var classOfCategory = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
            classOfCategory[order[i]] = i;

        foreach (ref var annotation in CollectionsMarshal.AsSpan(_annotations))
        {
            var category = _categoryIds.Resolve(annotation.Item.Category);
            annotation = (_imageIds.Resolve(annotation.Image), annotation.Item with { Category = category < 0 ? -1 : classOfCategory[category] });
        }

        Orphans.AddRange(_annotations.Where(annotation => annotation.Image < 0).Select(annotation => annotation.Item.Line));
        _annotations.RemoveAll(annotation => annotation.Image < 0);
        GroupByImage();
    }

    private static long Number(string id)
        => long.TryParse(id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;

    private void GroupByImage()
    {
        _firstObject = new int[_images.Count + 1];
        foreach (var (image, _) in _annotations)
            _firstObject[image + 1]++;
        for (var i = 0; i < _images.Count; i++)
            _firstObject[i + 1] += _firstObject[i];
        var next = _firstObject.ToArray();
        _objects = new Item[_annotations.Count];
        foreach (var (image, item) in _annotations)
            _objects[next[image]++] = item;
        _annotations.Clear();
        _annotations.TrimExcess();
    }

    /// <summary>An image.</summary>
    /// <param name="FileName">Relative to the image folder.</param>
    /// <param name="Width">Width declared; 0 where it is not.</param>
    /// <param name="Height">Height declared; 0 where it is not.</param>
    /// <param name="Line">Line of the file.</param>
    internal readonly record struct Image(string FileName, int Width, int Height, int Line);

    /// <summary>An object.</summary>
    /// <param name="Category">Index in <see cref="ClassNames"/>; −1 where the category is not there.</param>
    /// <param name="Box">Where it is, pixels.</param>
    /// <param name="Line">Line of the file.</param>
    internal readonly record struct Item(int Category, Box Box, int Line);

    /// <summary>Numbers for ids, given at their first mention, and what they turn out to be.</summary>
    private sealed class IndexById
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
        private readonly List<int> _indices = [];

        public int Mention(string id)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, id, out var isKnown);
            if (!isKnown)
            {
                number = _indices.Count;
                _indices.Add(-1);
            }

            return number;
        }

        /// <summary>False where it is defined already.</summary>
        public bool Define(string id, int index)
        {
            var number = Mention(id);
            if (_indices[number] >= 0)
                return false;
            _indices[number] = index;
            return true;
        }

        /// <summary>−1 where it was mentioned, never defined.</summary>
        public int Resolve(int number) => _indices[number];
    }
}
