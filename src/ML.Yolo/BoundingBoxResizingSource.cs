using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using ML.Yolo;
using ML.Yolo.Interop;

[assembly: LoadableModel<BoundingBoxResizingTransformer, BoundingBoxResizingSource>("Bounding box resizing", BoundingBoxResizingSource.Loader)]

namespace ML.Yolo;

/// <summary>A box resizing in an ML.NET model zip: beside ML.NET's own header a stream <c>box-resizing.json</c> with its columns.</summary>
internal sealed class BoundingBoxResizingSource : IModelSource<BoundingBoxResizingTransformer>
{
    /// <summary>The loader's name in zips.</summary>
    public const string Loader = "BoundingBoxResizing";

    private const string ColumnsName = "box-resizing.json";
    private const int MaxJsonLength = 1 << 20;

    private static readonly ComponentHeader Header = new("BOXRESIZ", Loader);

    public static void Save(ModelSaveContext context, BoxResizingColumns columns)
    {
        Header.Write(context, typeof(BoundingBoxResizingSource).Assembly);
        context.Write(ColumnsName, stream => JsonSerializer.Serialize(stream, columns));
    }

    /// <exception cref="FormatException">The JSON is missing or damaged.</exception>
    public static BoundingBoxResizingTransformer Load(IHostEnvironment environment, ModelReader reader)
    {
        reader.Check(Header);
        BoxResizingColumns? columns = null;
        try
        {
            reader.TryRead(ColumnsName, stream => columns = Parse(stream));
            columns?.Check();
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidDataException)
        {
            throw new FormatException($"The model's '{ColumnsName}' is damaged: {exception.Message}", exception);
        }

        return new BoundingBoxResizingTransformer(environment, columns ?? throw new FormatException($"The model has no '{ColumnsName}': it is truncated."));
    }

    private static BoxResizingColumns? Parse(Stream stream)
    {
        var buffer = new byte[MaxJsonLength];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return JsonSerializer.Deserialize<BoxResizingColumns>(buffer.AsSpan(0, length));
    }
}
