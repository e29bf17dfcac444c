using ML.Yolo;
using ML.Yolo.Datasets;

namespace Microsoft.ML;

/// <summary>Loads data sets for object detection.</summary>
public static class DetectionDataCatalog
{
    /// <summary>A set in the YOLO format: a <c>data.yaml</c>, images, and a text file of labels beside the images of each folder.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="path">A data.yaml, or the folder that holds it. Its <c>names</c> is a list or a map, its <c>train</c>, <c>val</c> and <c>test</c> a folder, a list of folders or a text file of image paths.</param>
    /// <param name="split">Which images: "train", "val" or "test".</param>
    /// <returns>
    /// A row an image: ImagePath (text), Label (vector of text, one an object; none where there is no label file), BoundingBoxes (vector of Single, four an object: x0, y0, x1, y1 in pixels of the image,
    /// origin top left, clipped to the image). Label files are read while rows are, images never.
    /// </returns>
    /// <exception cref="FileNotFoundException">There is no data.yaml.</exception>
    /// <exception cref="DatasetFormatException">The file is malformed, or lacks the split. Malformed labels are reported so when their row is read.</exception>
    public static IDataView LoadFromYoloDataset(this DataOperationsCatalog catalog, string path, string split = "train")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentException.ThrowIfNullOrWhiteSpace(split);
        return catalog.LoadFromEnumerable(new YoloDatasetReader(path, split).Rows());
    }
}
