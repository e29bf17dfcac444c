using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Columns;

/// <summary>Images of a row that moves.</summary>
/// <param name="row">Active in the columns; the caller moves it.</param>
/// <param name="column">A column of type <see cref="ColumnType.Image"/>.</param>
/// <param name="pathColumn">Paths of the images, for messages; null where the data has none.</param>
internal sealed class ImageColumn(DataViewRow row, DataViewSchema.Column column, DataViewSchema.Column? pathColumn = null)
{
    private readonly ValueGetter<MLImage> _getter = row.GetGetter<MLImage>(column);
    private readonly ValueGetter<ReadOnlyMemory<char>>? _pathGetter = pathColumn is { } paths ? row.GetGetter<ReadOnlyMemory<char>>(paths) : null;
    private ReadOnlyMemory<char> _path;
    private MLImage? _image;                                                              // never disposed here: it may be the caller's own

    // The path, as it follows the row's number in a message.
    private string Path => _path.IsEmpty ? "" : $" ('{_path}')";

    /// <summary>The row's image, valid until the row moves.</summary>
    /// <exception cref="RowProblem">There is none, it cannot be read, or it was disposed.</exception>
    public MLImage Read() => ReadOrNull() ?? throw new RowProblem($"{Path} has no image in column '{column.Name}'.");

    /// <summary>The row's image, valid until the row moves; null where the row has none.</summary>
    /// <exception cref="RowProblem">It cannot be read, or it was disposed.</exception>
    public MLImage? ReadOrNull()
    {
        _pathGetter?.Invoke(ref _path);
        try
        {
            _getter(ref _image!);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _image = null;                                                                // ML.NET may have disposed the one before
            throw new RowProblem($"{Path}: {Describe(exception)}", exception);
        }

        if (_image is not null && IsDisposed(_image))
            throw new RowProblem($"{Path}: the image in column '{column.Name}' was disposed before it was read.");
        return _image;
    }

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

    private static string Describe(Exception exception) => exception is ArgumentException or FileNotFoundException or DirectoryNotFoundException
        ? "the image is missing, or is none that can be read; JPEG, PNG, BMP, GIF or WebP was expected."
        : $"the image cannot be read: {exception.Message}";
}
