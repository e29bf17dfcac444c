using Microsoft.ML;

namespace ML.Yolo.Interop;

/// <summary>The transformers of a model zip, without the schema that is saved beside them.</summary>
/// <remarks>ML.NET reads the schema first, and comes to no end with one that is damaged: it goes on asking a stream that has ended.</remarks>
internal static class TransformerFile
{
    private const string Chain = "TransformerChain";
    private const string Schema = "Schema";

    /// <exception cref="FormatException">There are no transformers in the zip, and it is not one that ML.NET saved with a loader of data.</exception>
    public static ITransformer Load(MLContext mlContext, string path)
    {
        using var stream = File.OpenRead(path);
        using (var repository = RepositoryReader.Open(stream))
        {
            if (ModelLoadContext.LoadModelOrNull<ITransformer, SignatureLoadModel>(mlContext.Environment(), out var model, repository, Chain))
                return model;
            if (repository.OpenEntryOrNull(Schema) is { } schema)
            {
                schema.Dispose();
                throw new FormatException("It holds a schema and no transformers.");
            }
        }

        stream.Position = 0;
        return mlContext.Model.Load(stream, out _);
    }
}
