using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ML.Yolo.Datasets;

/// <summary>What a detector needs of a COCO JSON: images, boxes and categories. Crowds are kept out.</summary>
internal sealed class CocoFile
{
    private readonly List<Image> _images = [];
    private readonly List<(int Image, Item Item)> _annotations = [];
    private readonly List<(int Image, int Line, string Problem)> _problems = [];
    private readonly List<DatasetFault> _faults = [];
    private readonly List<(string Id, string Name, int Line)> _categories = [];
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

    /// <summary>What is wrong with single images and annotations, in the order of the file.</summary>
    public IReadOnlyList<DatasetFault> Faults => _faults;

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
            while (json.ReadElement())
                read(json);
        }

        json.ReadEnd();
        if (new[] { "images", "annotations", "categories" }.FirstOrDefault(name => !sections.Contains(name)) is { } missing)
            throw new DatasetFormatException(FilePath, line: null, $"'{missing}' is missing; 'images', 'annotations' and 'categories' were expected.");
    }

    private void ReadImage(JsonTokenStream json)
    {
        var value = ReadFields(json, "id", "file_name", "width", "height");
        var index = _images.Count;
        var id = Field(value, "id")?.AsId();
        var name = Field(value, "file_name") is { Type: JsonTokenType.String } text ? text.Text! : "";
        _images.Add(new Image(name, Size(value, "width"), Size(value, "height"), value.Line));
        if (id is null)
            Note(index, value, "an image", "id", "a number or text");
        else if (name.Length == 0)
            Note(index, value, $"image {id}", "file_name", "text");
        if (new[] { "width", "height" }.FirstOrDefault(field => !IsSize(value, field)) is { } wrong)
            Note(index, value, $"image {id}", wrong, "a whole number of pixels");
        if (id is null || _imageIds.Define(id, index))
            return;
        var first = _imageIds.Resolve(_imageIds.Mention(id));
        var problem = FormattableString.Invariant($"'images' has the id {id} twice: in line {_images[first].Line} and in line {value.Line}.");
        foreach (var image in new[] { first, index })
            _faults.Add(new DatasetFault(image, FilePath, _images[image].Line, problem));
    }

    private void ReadCategory(JsonTokenStream json)
    {
        json.RequireObject("categories");
        var value = ReadFields(json, "id", "name");
        var (id, title) = (Field(value, "id")?.AsId(), Field(value, "name") is { Type: JsonTokenType.String } text ? text.Text : null);
        if (id is null || string.IsNullOrEmpty(title))
            throw new DatasetFormatException(FilePath, value.Line, $"a category has no '{(id is null ? "id" : "name")}'.");
        if (!_categoryIds.Define(id, _categories.Count))
            throw new DatasetFormatException(FilePath, value.Line, $"'categories' has the id {id} twice.");
        if (_categories.Find(category => category.Name == title) is { Id: not null } other)
        {
            throw new DatasetFormatException(
                FilePath,
                value.Line,
                $"the categories {other.Id} (line {other.Line}) and {id} are both named '{title}'; every class needs a name of its own.");
        }

        _categories.Add((id, title, value.Line));
    }

    private void ReadAnnotation(JsonTokenStream json)
    {
        var value = ReadFields(json, "id", "image_id", "category_id", "iscrowd", "bbox");
        var name = Field(value, "id")?.AsId() is { } id ? $"annotation {id}" : "an annotation";
        var image = Field(value, "image_id")?.AsId() is { } imageId ? _imageIds.Mention(imageId) : -1;
        var category = Field(value, "category_id")?.AsId() is { } categoryId ? _categoryIds.Mention(categoryId) : -1;
        var isCrowd = Field(value, "iscrowd") is { } crowd ? crowd.AsFlag() : false;
        if (isCrowd == true)
            return;
        if (image < 0)
            Fault(image, value, name, "image_id", "a number or text");
        else if (isCrowd is null)
            Fault(image, value, name, "iscrowd", "0 or 1");
        else if (category < 0)
            Fault(image, value, name, "category_id", "a number or text");
        else if (ReadBox(Field(value, "bbox")) is not { } corners)
            Fault(image, value, name, "bbox", "[x, y, width, height]");
        else if (ToBox(corners, out var expected) is { } box)
            _annotations.Add((image, new Item(category, box, value.Line)));
        else
            _problems.Add((image, value.Line, $"{name}: 'bbox' is {Field(value, "bbox")!.Found}; {expected} were expected."));
    }

    /// <summary>Reads an object; of an element that is none, the value itself.</summary>
    private static JsonValue ReadFields(JsonTokenStream json, params ReadOnlySpan<string> wanted)
    {
        if (json.Type != JsonTokenType.StartObject)
            return json.CurrentValue();
        var (line, members) = (json.Line, new Dictionary<string, JsonValue>(wanted.Length, StringComparer.Ordinal));
        while (json.ReadProperty(out var name))
        {
            if (wanted.Contains(name))
                members[name] = json.ReadValue();
            else
                json.Skip();
        }

        return new JsonValue(JsonTokenType.StartObject, null, [], members, members.Count, line);
    }

    private static JsonValue? Field(JsonValue value, string name) => value.Members.GetValueOrDefault(name);

    private static bool IsSize(JsonValue image, string field)
        => Field(image, field) is not { } value || (value.IsNumber(out var number) && number is >= 0 and <= int.MaxValue);

    private static int Size(JsonValue image, string field)
        => IsSize(image, field) && Field(image, field) is { } value && value.IsNumber(out var number) ? (int)number : 0;

    private static double[]? ReadBox(JsonValue? value)
    {
        if (value is not { Type: JsonTokenType.StartArray, Count: 4 })
            return null;
        var box = new double[4];
        for (var i = 0; i < box.Length; i++)
        {
            if (!value.Items[i].IsNumber(out box[i]))
                return null;
        }

        return box;
    }

    private static Box? ToBox(double[] bbox, out string expected)
    {
        var (x, y, width, height) = (bbox[0], bbox[1], bbox[2], bbox[3]);
        var box = new Box((float)x, (float)y, (float)(x + width), (float)(y + height));
        expected = box.IsFinite ? "x, y, width and height with a width and height of at least 0" : "numbers that are finite in single precision";
        return width >= 0 && height >= 0 && box.IsFinite ? box : null;
    }

    private void Note(int image, JsonValue value, string name, string field, string expected)
        => _faults.Add(new DatasetFault(image, FilePath, value.Line, Describe(value, name, field, expected)));

    private void Fault(int image, JsonValue value, string name, string field, string expected)
        => _problems.Add((image, value.Line, Describe(value, name, field, expected)));

    private static string Describe(JsonValue value, string name, string field, string expected)
    {
        if (value.Type != JsonTokenType.StartObject)
            return $"{name} is {value.Found}; an object was expected.";
        return Field(value, field) is { } found
            ? $"{name}: '{field}' is {found.Found}; {expected} was expected."
            : $"{name} has no '{field}'; {expected} was expected.";
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

        NoteFaults();
        _annotations.RemoveAll(annotation => annotation.Image < 0);
        GroupByImage();
    }

    private void NoteFaults()
    {
        foreach (var (image, line, problem) in _problems)
            _faults.Add(new DatasetFault(image < 0 ? -1 : _imageIds.Resolve(image), FilePath, line, problem));
        foreach (var (_, item) in _annotations.Where(annotation => annotation.Image < 0))
            _faults.Add(new DatasetFault(-1, FilePath, item.Line, "'annotations', 'image_id' names no image: an id of 'images' was expected."));
        _faults.Sort((a, b) => a.Line.CompareTo(b.Line));
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
