using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Imaging;

namespace ML.Yolo.Datasets;

/// <summary>Reads every row of a view once: labels and boxes are checked, images resized and kept for random access.</summary>
/// <param name="options">Columns, image size, memory for images.</param>
/// <param name="classNames">Names of the classes learned, by index.</param>
/// <param name="cancel">Throws where reading is to stop.</param>
internal sealed class TrainingSetReader(YoloTrainer.Options options, IReadOnlyList<string> classNames, Action cancel)
{
    private const long Megabyte = 1 << 20;

    /// <summary>Objects left out since their label is missing or of a class that is not learned.</summary>
    public int IgnoredObjects { get; private set; }

    /// <exception cref="FormatException">A row's labels and boxes do not fit together, or a box is no box; the message names row and column.</exception>
    /// <exception cref="InvalidOperationException">A row has no image, or there is no row.</exception>
    public TrainingSet Read(IDataView data)
    {
        var columns = new[] { options.ImageColumnName, options.LabelColumnName, options.BoundingBoxColumnName }.Select(name => data.Schema[name]).ToArray();
        var classOfKey = ClassOfKey(columns[1]);
        using var cursor = data.GetRowCursor(columns);
        var imageGetter = cursor.GetGetter<MLImage>(columns[0]);
        var labelGetter = cursor.GetGetter<VBuffer<uint>>(columns[1]);
        var boxGetter = cursor.GetGetter<VBuffer<float>>(columns[2]);
        var (labels, boxes) = (default(VBuffer<uint>), default(VBuffer<float>));
        MLImage? image = null;                                                            // never disposed here: it may be the caller's own
        var samples = new List<TrainingSample>();
        var cache = new ImageCache(options.ImageCacheMegabytes * Megabyte);
        try
        {
            while (cursor.MoveNext())
            {
                cancel();
                labelGetter(ref labels);
                boxGetter(ref boxes);
                imageGetter(ref image!);
                if (image is null)
                    throw new InvalidOperationException($"Row {cursor.Position} has no image in column '{options.ImageColumnName}'.");
                var letterbox = Letterbox.Fit(image.Width, image.Height, options.ImageSize, options.ImageSize);
                var (classes, corners) = Objects(cursor.Position, labels, boxes, classOfKey, image);
                samples.Add(new TrainingSample(cache.Add(ResizedImage.From(image, letterbox)), letterbox, classes, corners));
            }

            if (samples.Count == 0)
                throw new InvalidOperationException("The data has no row to learn from.");
            return new TrainingSet(samples, cache);
        }
        catch
        {
            cache.Dispose();
            throw;
        }
    }

    private int[] ClassOfKey(DataViewSchema.Column column)
    {
        var indices = classNames.Select((name, index) => (name, index)).ToDictionary(entry => entry.name, entry => entry.index);
        return [-1, .. KeyNameReader.Read(column).Select(name => indices.TryGetValue(name, out var index) ? index : -1)];
    }

    private (int[] Classes, float[] Boxes) Objects(long row, in VBuffer<uint> labels, in VBuffer<float> boxes, int[] classOfKey, MLImage image)
    {
        if (boxes.Length != 4 * labels.Length)
            throw new FormatException($"Row {row} has {boxes.Length} numbers in '{options.BoundingBoxColumnName}' and {labels.Length} labels in '{options.LabelColumnName}'; four a label were expected.");
        var (classes, corners) = (new List<int>(labels.Length), new List<float>(boxes.Length));
        for (var i = 0; i < labels.Length; i++)
        {
            var (x0, y0) = (boxes.GetItemOrDefault(4 * i), boxes.GetItemOrDefault((4 * i) + 1));
            var (x1, y1) = (boxes.GetItemOrDefault((4 * i) + 2), boxes.GetItemOrDefault((4 * i) + 3));
            if (!(x1 >= x0 && y1 >= y0 && float.IsFinite(x0 + y0 + x1 + y1)))
                throw new FormatException(FormattableString.Invariant($"Row {row}, '{options.BoundingBoxColumnName}', object {i}: ({x0}, {y0}, {x1}, {y1}) is no box; x0, y0, x1, y1 with x0 ≤ x1 and y0 ≤ y1 were expected."));
            var label = labels.GetItemOrDefault(i);
            if (label >= classOfKey.Length || classOfKey[label] < 0)
            {
                IgnoredObjects++;
                continue;
            }

            classes.Add(classOfKey[label]);
            corners.AddRange([Math.Clamp(x0, 0, image.Width), Math.Clamp(y0, 0, image.Height), Math.Clamp(x1, 0, image.Width), Math.Clamp(y1, 0, image.Height)]);
        }

        return ([.. classes], [.. corners]);
    }
}
