using Microsoft.ML;

namespace BloodCellsSample;

/// <summary>Finds the blood cells' images and labels, and says where to get them.</summary>
internal static class BloodCellData
{
    public const string Advice = """
        Blood cells under the microscope, 364 images with labels (MIT licence): clone https://github.com/Shenggan/BCCD_Dataset and pass its folder BCCD:
          git clone https://github.com/Shenggan/BCCD_Dataset
          dotnet run -c Release --project samples/BloodCells -- --data BCCD_Dataset/BCCD
        Or pass the JSON that VoTT exports, of these images or your own.
        """;

    /// <summary>Rows of a VoTT export, of a folder that holds one, or of a folder in the layout of Pascal VOC.</summary>
    /// <exception cref="IOException">There is no such thing.</exception>
    public static IDataView Load(MLContext mlContext, string path)
    {
        if (File.Exists(path))
            return BloodCells.LoadFromVott(mlContext, path);
        if (Directory.Exists(Path.Combine(path, "vott")) && Directory.GetFiles(Path.Combine(path, "vott"), "*.json") is [var export, ..])
            return BloodCells.LoadFromVott(mlContext, export);
        return Directory.Exists(Path.Combine(path, "Annotations"))
            ? mlContext.Data.LoadFromPascalVoc(path, "train")
            : throw new DirectoryNotFoundException($"'{path}' is no VoTT export and holds none; nor does it hold Annotations, as Pascal VOC does.");
    }
}
