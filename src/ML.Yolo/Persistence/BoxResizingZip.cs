using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using ML.Yolo;
using ML.Yolo.Interop;
using ML.Yolo.Persistence;

[assembly: LoadableClass(typeof(BoundingBoxResizingTransformer), typeof(BoxResizingZip), null, typeof(SignatureLoadModel), "Bounding box resizing", BoxResizingZip.LoaderSignature)]

namespace ML.Yolo.Persistence;

/// <summary>A box resizing in an ML.NET model zip: beside ML.NET's own header a stream <c>box-resizing.json</c> with its columns.</summary>
internal static class BoxResizingZip
{
    public const string LoaderSignature = "BoundingBoxResizing";

    private const string ColumnsName = "box-resizing.json";
    private const int LargestJson = 1 << 20;

    public static void Save(BoundingBoxResizingTransformer transformer, ModelSaveContext context)
    {
        context.CheckAtModel();
        context.SetVersionInfo(Version());
        context.Write(ColumnsName, stream => JsonSerializer.Serialize(stream, transformer.Columns));
    }

    /// <exception cref="FormatException">The JSON is missing or damaged.</exception>
    internal static BoundingBoxResizingTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        context.CheckAtModel(Version());
        BoxResizingColumns? columns = null;
        try
        {
            var buffer = new byte[LargestJson];
            context.TryRead(ColumnsName, stream => columns = JsonSerializer.Deserialize<BoxResizingColumns>(buffer.AsSpan(0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false))));
            columns?.Check();
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidDataException)
        {
            throw new FormatException($"The model's '{ColumnsName}' is damaged: {exception.Message}", exception);
        }

        return new BoundingBoxResizingTransformer(environment, columns ?? throw new FormatException($"The model has no '{ColumnsName}': it is truncated."));
    }

    private static VersionInfo Version() => new(
        modelSignature: "BOXRESIZ",
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderAssemblyName: typeof(BoxResizingZip).Assembly.FullName,
        loaderSignature: LoaderSignature);
}
