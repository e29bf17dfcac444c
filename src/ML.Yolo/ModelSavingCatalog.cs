using ML.Yolo.Files;

namespace Microsoft.ML;

/// <summary>Saves models without ever leaving half a file.</summary>
public static class ModelSavingCatalog
{
    /// <summary>
    /// Saves a model as <see cref="ModelOperationsCatalog.Save(ITransformer, DataViewSchema, string)"/> does, but whole or not at all: into a temporary file
    /// beside it, moved into place once complete. Where that fails, a model that was there before stays as it was.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">Any model.</param>
    /// <param name="inputSchema">Schema of the rows it takes; may be null.</param>
    /// <param name="filePath">The zip to make or replace.</param>
    /// <exception cref="IOException">The file cannot be written, for instance since the disk is full; the message names it.</exception>
    public static void SaveAtomically(this ModelOperationsCatalog catalog, ITransformer model, DataViewSchema? inputSchema, string filePath)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        AtomicFile.Write(filePath, stream => catalog.Save(model, inputSchema, stream));
    }
}
