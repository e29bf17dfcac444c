using Microsoft.ML.Data;
using ML.Yolo;
using ML.Yolo.Datasets;
using ML.Yolo.Interop;

namespace Microsoft.ML;

/// <summary>Loads data sets for object detection.</summary>
/// <remarks>
/// Every loader gives the same columns, a row an image: ImagePath (text, a full path), Label (vector of text, one an object; empty where there is none), BoundingBoxes (vector of Single, four an object: x0, y0, x1, y1
/// in pixels of the image as <c>LoadImages</c> reads it, origin top left, as labelled: a box may leave the image). Images are not decoded, only their headers are read. Labels of a photo with an EXIF orientation mean
/// the upright picture; its boxes are given in the pixels as stored, as ML.NET's images are, and the trainer turns both upright.
/// </remarks>
public static class DetectionDataCatalog
{
    /// <summary>A set in the YOLO format: a <c>data.yaml</c>, images, and a text file of labels beside the images of each folder.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="path">A data.yaml, or the folder that holds it. Its <c>names</c> is a list or a map, its <c>train</c>, <c>val</c> and <c>test</c> a folder, a list of folders or a text file of image paths.</param>
    /// <param name="split">Which images: "train", "val" or "test".</param>
    /// <param name="badSamples">What to do where a label file is malformed or an image missing.</param>
    /// <returns>A row an image: ImagePath, Label, BoundingBoxes. Label files are read while rows are; a polygon becomes the box around it.</returns>
    /// <exception cref="FileNotFoundException">There is no data.yaml.</exception>
    /// <exception cref="DatasetFormatException">The file is malformed, or lacks the split. Malformed labels are reported so when their row is read.</exception>
    public static IDataView LoadFromYoloDataset(this DataOperationsCatalog catalog, string path, string split = "train", BadSampleHandling badSamples = BadSampleHandling.Throw)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentException.ThrowIfNullOrWhiteSpace(split);
        return View(catalog, () => new YoloDataset(path, split), badSamples);
    }

    /// <summary>A set in COCO's JSON format. Crowds (<c>iscrowd</c>) are kept out; ids may be sparse, and numbers or text.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="json">The annotations. They are read at once, token by token; boxes are held in memory, segmentations are not.</param>
    /// <param name="imageFolder">The folder that <c>file_name</c> is relative to.</param>
    /// <param name="badSamples">What to do where an annotation is malformed or an image missing.</param>
    /// <returns>A row an image, in the order of <c>images</c>: ImagePath, Label, BoundingBoxes.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DatasetFormatException">The file is malformed, truncated, or has annotations of no image. What is wrong with one image is reported when its row is read.</exception>
    public static IDataView LoadFromCoco(this DataOperationsCatalog catalog, string json, string imageFolder, BadSampleHandling badSamples = BadSampleHandling.Throw)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(json);
        ArgumentException.ThrowIfNullOrWhiteSpace(imageFolder);
        return View(catalog, () => new CocoDataset(json, imageFolder), badSamples);
    }

    /// <summary>A set laid out as Pascal VOC: <c>ImageSets/Main</c>, <c>Annotations</c>, <c>JPEGImages</c>.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="root">The folder that holds the three.</param>
    /// <param name="split">Name of a text file in ImageSets/Main, without its extension.</param>
    /// <param name="includeDifficult">Whether objects marked difficult are labels like others. By default they are left out, as in the challenge's own training.</param>
    /// <param name="badSamples">What to do where an annotation is malformed or an image missing.</param>
    /// <returns>A row an image: ImagePath, Label, BoundingBoxes. Annotations are read while rows are. Coordinates are taken as written.</returns>
    /// <exception cref="FileNotFoundException">There is no such split.</exception>
    /// <exception cref="DatasetFormatException">The split names no image. Malformed annotations are reported so when their row is read.</exception>
    public static IDataView LoadFromPascalVoc(this DataOperationsCatalog catalog, string root, string split = "train", bool includeDifficult = false, BadSampleHandling badSamples = BadSampleHandling.Throw)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        ArgumentException.ThrowIfNullOrWhiteSpace(split);
        return View(catalog, () => new PascalVocDataset(root, split, includeDifficult), badSamples);
    }

    /// <summary>The JSON that VoTT 2 exports and Model Builder takes.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="json">The export. Images are looked for at the path it names, and beside it. Those never visited in VoTT are kept out.</param>
    /// <param name="badSamples">What to do where a region is malformed or an image missing.</param>
    /// <returns>A row an image: ImagePath, Label, BoundingBoxes. A region with several tags is as many objects.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DatasetFormatException">The file is malformed or truncated. What is wrong with one image is reported when its row is read.</exception>
    public static IDataView LoadFromVott(this DataOperationsCatalog catalog, string json, BadSampleHandling badSamples = BadSampleHandling.Throw)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(json);
        return View(catalog, () => new VottDataset(json), badSamples);
    }

    /// <summary>The names of all classes of a loaded set, in the order of its format, for a class that has no object in a split is a class all the same.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">Rows of one of the loaders, or any rows whose labels are keys.</param>
    /// <param name="labelColumnName">The label column.</param>
    /// <returns>YOLO: by index. COCO: by ascending id. VoTT: as in <c>tags</c>. Pascal VOC, which lists none: those that occur, in alphabetical order. Keys: their values.</returns>
    /// <exception cref="ArgumentException">The column is absent, or knows no names.</exception>
    public static IReadOnlyList<string> GetClassNames(this DataOperationsCatalog catalog, IDataView data, string labelColumnName = "Label")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        if (data.Schema.GetColumnOrNull(labelColumnName) is not { } column)
            throw new ArgumentException($"The column '{labelColumnName}' is not in the data. There are: {string.Join(", ", data.Schema.Select(other => other.Name))}.", nameof(labelColumnName));
        if (column.Annotations.Schema.GetColumnOrNull(DetectionDatasetView.ClassNamesAnnotation) is null)
        {
            var keys = KeyNameReader.Read(column);
            return keys.Length > 0 ? keys : throw new ArgumentException($"The column '{labelColumnName}' is {column.Type} and knows no class names; a label column of a loader, or keys, were expected.", nameof(labelColumnName));
        }

        var names = default(VBuffer<ReadOnlyMemory<char>>);
        column.Annotations.GetValue(DetectionDatasetView.ClassNamesAnnotation, ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private static DetectionDatasetView View(DataOperationsCatalog catalog, Func<DetectionDataset> load, BadSampleHandling badSamples)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new DetectionDatasetView(catalog.Environment(), load(), badSamples);
    }
}
