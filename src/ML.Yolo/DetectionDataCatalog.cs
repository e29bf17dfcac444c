using Microsoft.ML.Runtime;
using ML.Yolo;
using ML.Yolo.Columns;
using ML.Yolo.Datasets;
using ML.Yolo.Interop;
using ML.Yolo.Samples;

namespace Microsoft.ML;

/// <summary>Loads data sets for object detection.</summary>
/// <remarks>
/// Every loader gives the same columns, one row per image: ImagePath (text, a full path), Label (vector of text, one per object; empty where there is none),
/// BoundingBoxes (vector of Single, four per object: x0, y0, x1, y1 in pixels of the image as <c>LoadImages</c> reads it, origin top left, as labelled: a box
/// may leave the image). Images are not decoded, only their headers are read. Labels of a photo with an EXIF orientation mean the upright picture; its boxes
/// are given in the pixels as stored, as ML.NET's images are, and the trainer turns both upright.
/// </remarks>
public static class DetectionDataCatalog
{
    /// <summary>A set in the YOLO format: a <c>data.yaml</c>, images, and a text file of labels beside the images of each folder.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="path">
    /// A data.yaml, or the folder that holds it. Its <c>names</c> is a list or a map, its <c>train</c>, <c>val</c> and <c>test</c> a folder, a list of
    /// folders or a text file of image paths.
    /// </param>
    /// <param name="split">Which images: "train", "val" or "test".</param>
    /// <param name="badSampleHandling">What to do where a label file is malformed or an image missing.</param>
    /// <returns>One row per image: ImagePath, Label, BoundingBoxes. Label files are read while rows are; a polygon becomes the box around it.</returns>
    /// <exception cref="FileNotFoundException">There is no data.yaml.</exception>
    /// <exception cref="DatasetFormatException">
    /// The file is malformed, or lacks the split. Malformed labels are reported so when their row is read.
    /// </exception>
    public static IDataView LoadFromYoloDataset(
        this DataOperationsCatalog catalog, string path, string split = "train", BadSampleHandling badSampleHandling = BadSampleHandling.Throw)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentException.ThrowIfNullOrWhiteSpace(split);
        return View(catalog, () => new YoloDataset(path, split), badSampleHandling);
    }

    /// <summary>A set in COCO's JSON format. Crowds (<c>iscrowd</c>) are kept out; ids may be sparse, and numbers or text.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="json">The annotations. They are read at once, token by token; boxes are held in memory, segmentations are not.</param>
    /// <param name="imageFolder">The folder that <c>file_name</c> is relative to.</param>
    /// <param name="badSampleHandling">What to do where an annotation is malformed or an image missing.</param>
    /// <returns>One row per image, in the order of <c>images</c>: ImagePath, Label, BoundingBoxes.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DatasetFormatException">
    /// The file is malformed, truncated, or has annotations of no image. What is wrong with one image is reported when its row is read.
    /// </exception>
    public static IDataView LoadFromCoco(
        this DataOperationsCatalog catalog, string json, string imageFolder, BadSampleHandling badSampleHandling = BadSampleHandling.Throw)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(json);
        ArgumentException.ThrowIfNullOrWhiteSpace(imageFolder);
        return View(catalog, () => new CocoDataset(json, imageFolder), badSampleHandling);
    }

    /// <summary>A set laid out as Pascal VOC: <c>ImageSets/Main</c>, <c>Annotations</c>, <c>JPEGImages</c>.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="root">The folder that holds the three.</param>
    /// <param name="split">Name of a text file in ImageSets/Main, without its extension.</param>
    /// <param name="includeDifficult">
    /// Whether objects marked difficult are labels like others. By default they are left out, as in the challenge's own training.
    /// </param>
    /// <param name="badSampleHandling">What to do where an annotation is malformed or an image missing.</param>
    /// <returns>One row per image: ImagePath, Label, BoundingBoxes. Annotations are read while rows are. Coordinates are taken as written.</returns>
    /// <exception cref="FileNotFoundException">There is no such split.</exception>
    /// <exception cref="DatasetFormatException">The split names no image. Malformed annotations are reported so when their row is read.</exception>
    public static IDataView LoadFromPascalVoc(
        this DataOperationsCatalog catalog,
        string root,
        string split = "train",
        bool includeDifficult = false,
        BadSampleHandling badSampleHandling = BadSampleHandling.Throw)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        ArgumentException.ThrowIfNullOrWhiteSpace(split);
        return View(catalog, () => new PascalVocDataset(root, split, includeDifficult), badSampleHandling);
    }

    /// <summary>The JSON that VoTT 2 exports and Model Builder takes.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="json">The export. Images are looked for at the path it names, and beside it. Those never visited in VoTT are kept out.</param>
    /// <param name="badSampleHandling">What to do where a region is malformed or an image missing.</param>
    /// <returns>One row per image: ImagePath, Label, BoundingBoxes. A region with several tags is as many objects.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DatasetFormatException">
    /// The file is malformed or truncated. What is wrong with one image is reported when its row is read.
    /// </exception>
    public static IDataView LoadFromVott(this DataOperationsCatalog catalog, string json, BadSampleHandling badSampleHandling = BadSampleHandling.Throw)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(json);
        return View(catalog, () => new VottDataset(json), badSampleHandling);
    }

    /// <summary>
    /// The names of all classes of a loaded set, in the order of its format, for a class that has no object in a split is a class all the same.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">Rows of one of the loaders, or any rows whose labels are keys.</param>
    /// <param name="labelColumnName">The label column.</param>
    /// <returns>
    /// YOLO: by index. COCO: by ascending id. VoTT: as in <c>tags</c>. Pascal VOC, which lists none: those that occur, in alphabetical order (ordinal). Keys:
    /// their values.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The column is absent, or knows no names; the message names it.</exception>
    public static IReadOnlyList<string> GetClassNames(this DataOperationsCatalog catalog, IDataView data, string labelColumnName = "Label")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        return KnownClassNames.Of(new NamedColumn("label", labelColumnName, ColumnType.NamedClasses).Find(data.Schema));
    }

    /// <summary>Counts what a set holds: images, objects, classes, sizes, and what looks like a mistake.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">
    /// Rows with the columns of the loaders. They are streamed; of the images only the headers are read, and whole files where two have the same length.
    /// </param>
    /// <param name="imagePathColumnName">Paths of the images, text.</param>
    /// <param name="labelColumnName">Labels: a vector of text or of keys.</param>
    /// <param name="boundingBoxColumnName">Boxes: a vector of Single.</param>
    /// <returns>The summary; its <see cref="DatasetSummary.ToString"/> is meant for people. The trainer logs one of its own before it begins.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent or of another type; the message names it.</exception>
    /// <exception cref="FormatException">
    /// A row of the loader is bad, an image cannot be read, a row has not four box numbers per label, or a box is not finite or inverted; the message names
    /// file, or row and column.
    /// </exception>
    public static DatasetSummary SummarizeDetections(
        this DataOperationsCatalog catalog,
        IDataView data,
        string imagePathColumnName = "ImagePath",
        string labelColumnName = "Label",
        string boundingBoxColumnName = "BoundingBoxes")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        var rows = new DetectionRowReader(data, imagePathColumnName, labelColumnName, boundingBoxColumnName);
        var summary = new DatasetSummaryBuilder(rows.ClassNames);
        var contents = new ImageContents();
        foreach (var row in rows.Read())
        {
            var frame = ImageHeader.Read(row.ImagePath);
            var boxes = Array.ConvertAll(row.BoundingBoxes, frame.ToUpright);
            summary.Add(frame.UprightWidth, frame.UprightHeight, row.Label, boxes, contents.IsRepeated(row.ImagePath));
        }

        return summary.Build(rows.Remarks);
    }

    /// <summary>
    /// Writes rows as one split of a set in the YOLO format: images are copied, boxes clipped to them, and <c>data.yaml</c> gains the split.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">Rows with the columns of the loaders.</param>
    /// <param name="folder">The folder of the set, made if absent. A data.yaml that is there keeps its class names and their order; new ones follow.</param>
    /// <param name="split">Name of the split; it must not have images yet.</param>
    /// <returns>Images and objects written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent or of another type; the message names it.</exception>
    /// <exception cref="FormatException">
    /// A row has not four box numbers per label, or a box is not finite or inverted; the message names row and column. Rows with a missing label are left
    /// out, and the log tells how many.
    /// </exception>
    /// <exception cref="IOException">The split has images already, or a file cannot be written.</exception>
    public static (int Images, int Objects) SaveAsYoloDataset(this DataOperationsCatalog catalog, IDataView data, string folder, string split = "train")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentException.ThrowIfNullOrWhiteSpace(split);
        var rows = new DetectionRowReader(data);
        return Written(catalog, leftOut => new YoloDatasetWriter(folder, split, rows.ClassNames).Write(rows.ReadLabelled(leftOut)));
    }

    /// <summary>Writes rows as a COCO JSON. Images stay where they are.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">Rows with the columns of the loaders.</param>
    /// <param name="json">The file to make or replace, whole or not at all.</param>
    /// <param name="imageFolder">A folder that holds all images: <c>file_name</c> is relative to it.</param>
    /// <returns>Images and objects written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent or of another type; the message names it.</exception>
    /// <exception cref="ArgumentException">An image lies outside the folder.</exception>
    /// <exception cref="FormatException">
    /// A row has not four box numbers per label, or a box is not finite or inverted; the message names row and column. Rows with a missing label are left
    /// out, and the log tells how many.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static (int Images, int Objects) SaveAsCoco(this DataOperationsCatalog catalog, IDataView data, string json, string imageFolder)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(json);
        ArgumentException.ThrowIfNullOrWhiteSpace(imageFolder);
        var rows = new DetectionRowReader(data);
        return Written(catalog, leftOut => new CocoWriter(Path.GetFullPath(imageFolder), rows.ClassNames).Write(rows.ReadLabelled(leftOut), json));
    }

    /// <summary>Writes rows as one split of a set in Pascal VOC's layout: images are copied, boxes clipped to them.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">Rows with the columns of the loaders; at least one.</param>
    /// <param name="folder">
    /// The folder of the set, made if absent: <c>JPEGImages</c>, <c>Annotations</c> with an XML per image, and <c>ImageSets/Main</c> with a list per split.
    /// </param>
    /// <param name="split">Name of the split; there must be none of that name yet.</param>
    /// <returns>Images and objects written.</returns>
    /// <remarks>The format has no list of classes: those without objects are not written.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent or of another type; the message names it.</exception>
    /// <exception cref="ArgumentException">There are no rows.</exception>
    /// <exception cref="FormatException">
    /// A row has not four box numbers per label, or a box is not finite or inverted; the message names row and column. Rows with a missing label are left
    /// out, and the log tells how many.
    /// </exception>
    /// <exception cref="IOException">The split is there already, or a file cannot be written.</exception>
    public static (int Images, int Objects) SaveAsPascalVoc(this DataOperationsCatalog catalog, IDataView data, string folder, string split = "train")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentException.ThrowIfNullOrWhiteSpace(split);
        var rows = new DetectionRowReader(data);
        return Written(catalog, leftOut => new PascalVocWriter(folder, split).Write(rows.ReadLabelled(leftOut)));
    }

    /// <summary>
    /// Writes rows as a JSON of the kind that VoTT 2 exports and Model Builder takes. Images stay where they are, and are named by their full paths; boxes are
    /// clipped to them.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">Rows with the columns of the loaders.</param>
    /// <param name="json">The file to make or replace, whole or not at all.</param>
    /// <returns>Images and objects written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent or of another type; the message names it.</exception>
    /// <exception cref="FormatException">
    /// A row has not four box numbers per label, or a box is not finite or inverted; the message names row and column. Rows with a missing label are left
    /// out, and the log tells how many.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static (int Images, int Objects) SaveAsVott(this DataOperationsCatalog catalog, IDataView data, string json)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(json);
        var rows = new DetectionRowReader(data);
        var name = Path.GetFileNameWithoutExtension(json);
        return Written(catalog, leftOut => new VottWriter(name, rows.ClassNames).Write(rows.ReadLabelled(leftOut), json));
    }

    private static (int Images, int Objects) Written(DataOperationsCatalog catalog, Func<BadSamples, (int Images, int Objects)> write)
    {
        var leftOut = new BadSamples();
        var count = write(leftOut);
        if (leftOut.Count == 0)
            return count;
        using var channel = catalog.Environment().Start(nameof(DetectionDataCatalog));
        channel.Warning(MessageSensitivity.Unknown, leftOut.Report("the data"));
        return count;
    }

    private static DetectionDatasetView View(DataOperationsCatalog catalog, Func<DetectionDataset> load, BadSampleHandling badSampleHandling)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new DetectionDatasetView(catalog.Environment(), load(), badSampleHandling);
    }
}
