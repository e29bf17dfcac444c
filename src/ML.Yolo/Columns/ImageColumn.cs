using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Columns;

/// <summary>Images of a row that moves.</summary>
internal sealed class ImageColumn
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".jpe", ".jfif", ".tif", ".tiff", ".heic"];

    // What the loaders call it.
    private static readonly NamedColumn ImagePath = new("image path", "ImagePath", ColumnType.Text);

    private readonly string _name;
    private readonly ValueGetter<MLImage> _getter;
    private readonly Func<string, string?>? _problemOfFile;
    private readonly ValueGetter<ReadOnlyMemory<char>>? _pathGetter;
    private readonly List<ValueGetter<ReadOnlyMemory<char>>> _otherGetters;
    private ReadOnlyMemory<char> _path;
    private MLImage? _image;                                                              // never disposed here: it may be the caller's own

    /// <param name="row">Active in the column and those of <see cref="PathColumns"/>; the caller moves it.</param>
    /// <param name="column">A column of type <see cref="ColumnType.Image"/>.</param>
    /// <param name="problemOfFile">What is wrong with an image file, to follow its name; null where nothing is. Asked before the image is decoded.</param>
    public ImageColumn(DataViewRow row, DataViewSchema.Column column, Func<string, string?>? problemOfFile = null)
    {
        (_name, _getter, _problemOfFile) = (column.Name, row.GetGetter<MLImage>(column), problemOfFile);
        var paths = PathColumns(row.Schema).Where(path => row.IsColumnActive(path)).ToList();
        _pathGetter = paths.Exists(path => path.Name == ImagePath.Name) ? row.GetGetter<ReadOnlyMemory<char>>(row.Schema[ImagePath.Name]) : null;
        _otherGetters = [.. paths.Where(path => path.Name != ImagePath.Name).Select(path => row.GetGetter<ReadOnlyMemory<char>>(path))];
    }

    /// <summary>Columns that may hold the paths of images, for messages: that of the loaders first.</summary>
    public static IEnumerable<DataViewSchema.Column> PathColumns(DataViewSchema schema)
    {
        string[] words = ["path", "file", "image"];
        var others = schema.Where(column => !column.IsHidden && column.Type is TextDataViewType && column.Name != ImagePath.Name
            && words.Any(word => column.Name.Contains(word, StringComparison.OrdinalIgnoreCase)));
        return ImagePath.FindOrNull(schema) is { } path ? others.Prepend(path) : others;
    }

    /// <summary>The path of the row's image in the loaders' column; null where the data has no such column, or nothing is there.</summary>
    public string? ReadPath()
    {
        _path = default;
        _pathGetter?.Invoke(ref _path);
        return _path.IsEmpty ? null : _path.ToString();
    }

    /// <summary>The row's image, valid until the row moves.</summary>
    /// <exception cref="RowProblem">There is none, it cannot be read, or it was disposed.</exception>
    public MLImage Read() => Require(ReadOrNull());

    /// <summary>The row's image, valid until the row moves; null where the row has none.</summary>
    /// <exception cref="RowProblem">It cannot be read, or it was disposed.</exception>
    public MLImage? ReadOrNull() => Load(() =>
    {
        try
        {
            _getter(ref _image!);
            return _image;
        }
        catch
        {
            _image = null;                                                                // ML.NET may have disposed the one before
            throw;
        }
    });

    /// <summary>The row's image, read by other means.</summary>
    /// <exception cref="RowProblem">It cannot be read, it was disposed, or its file is damaged.</exception>
    public MLImage? Load(Func<MLImage?> read)
    {
        MLImage? image;
        try
        {
            var path = _problemOfFile is null ? null : ReadPath();
            Check(path);
            image = read();
            if (image is not null && IsDisposed(image))
                throw new RowProblem($"{PathInBrackets()}: the image in column '{_name}' was disposed before it was read.");
            if (image is not null && image.Tag != path)
                Check(image.Tag);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or RowProblem))
        {
            throw Problem(Describe(exception), exception);
        }

        return image;
    }

    /// <summary>The image, or a problem where the row has none.</summary>
    public MLImage Require(MLImage? image) => image ?? throw new RowProblem($"{PathInBrackets()} has no image in column '{_name}'.");

    /// <summary>A problem of the row's image: names the column, and the path where one is known.</summary>
    /// <param name="problem">A sentence.</param>
    /// <param name="cause">What it came from, if anything.</param>
    /// <param name="isNamed">Whether the sentence names the file.</param>
    public RowProblem Problem(string problem, Exception? cause = null, bool isNamed = false)
        => new($", '{_name}'{(isNamed ? "" : PathInBrackets())}: {problem}", cause);

    /// <summary>Whether an image was disposed. ML.NET does not say, but refuses to give the size.</summary>
    public static bool IsDisposed(MLImage image)
    {
        try
        {
            return image.Width == 0;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private void Check(string? path)
    {
        if (_problemOfFile is not null && File.Exists(path) && _problemOfFile(path) is { } problem)
            throw Problem($"the image '{path}' {problem}.", isNamed: true);
    }

    private static string Describe(Exception exception) => exception is ArgumentException or FileNotFoundException or DirectoryNotFoundException
        ? "the image is missing, or is none that can be read; JPEG, PNG, BMP, GIF or WebP was expected."
        : $"the image cannot be read: {exception.Message}";

    private static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private string PathInBrackets() => PathForMessage() is { } path ? $" ('{path}')" : "";

    private string? PathForMessage()
    {
        try
        {
            return ReadPath() ?? _otherGetters.Select(Value).FirstOrDefault(IsImage);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The row is in trouble already; what it is about is told without its path.
            return null;
        }

        static string Value(ValueGetter<ReadOnlyMemory<char>> getter)
        {
            var value = default(ReadOnlyMemory<char>);
            getter(ref value);
            return value.ToString();
        }
    }
}
