using System.IO.Compression;
using ML.Yolo.Interop;

namespace ML.Yolo.Persistence;

/// <summary>Takes the weights alone out of an ML.NET model zip that holds one detector, wherever in a pipeline it is.</summary>
internal static class ModelZipWeights
{
    /// <exception cref="WeightsFormatException">There is no detector in the zip, or more than one, or it is damaged.</exception>
    public static WeightsContent Load(string path)
    {
        const string Name = ModelFormat.TorchWeightsName;
        try
        {
            using var zip = ZipFile.OpenRead(path);
            var weights = zip.Entries.Where(entry => entry.Name == Name || entry.FullName.EndsWith($"\\{Name}", StringComparison.Ordinal)).ToList();
            if (weights.Count != 1)
            {
                throw new WeightsFormatException(
                    $"'{path}' holds {weights.Count} entries named {Name}; a zip with one detector of ML.Yolo, or a PyTorch checkpoint, was expected.");
            }

            var manifestName = weights[0].FullName[..^Name.Length] + ModelZip.ManifestName;
            var manifestEntry = zip.GetEntry(manifestName)
                ?? throw new WeightsFormatException($"'{path}' holds no '{manifestName}': it is not a detector of ML.Yolo, or it is damaged.");
            var manifest = ModelManifest.Parse(Read(manifestEntry, ModelZip.MaxManifestLength));
            if (PackedSize.Problem(weights[0].FullName, weights[0].CompressedLength, manifest.WeightsLength) is { } problem)
                throw new WeightsFormatException($"'{path}': {problem}");
            return new WeightsContent(ModelZip.ParseWeights(Read(weights[0], manifest.WeightsLength), manifest), manifest.ClassNames);
        }
        catch (InvalidDataException exception)
        {
            throw new WeightsFormatException($"'{path}' is damaged: {exception.Message}", exception);
        }
    }

    private static byte[] Read(ZipArchiveEntry entry, long limit)
    {
        using var source = entry.Open();
        using var bytes = new MemoryStream();
        ModelZip.CopyUpTo(source, bytes, limit + 1);
        return bytes.ToArray();
    }
}
