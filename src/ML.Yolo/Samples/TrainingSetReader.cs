using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Columns;
using ML.Yolo.Imaging;

namespace ML.Yolo.Samples;

/// <summary>Reads the rows of a view: labels first, so that a broken set is known before an image is decoded, then the images, on several threads, resized and kept for random access.</summary>
/// <param name="options">Columns, image size, caching, what to do with bad rows.</param>
/// <param name="classNames">Names of the classes learned, by index.</param>
/// <param name="cancel">Throws where reading is to stop.</param>
internal sealed class TrainingSetReader(YoloTrainer.Options options, IReadOnlyList<string> classNames, Action cancel)
{
    private const long Megabyte = 1 << 20;

    // Each thread holds a decoded photo.
    private const int MostThreads = 16;

    // What the loaders call it.
    private const string ImagePathColumnName = "ImagePath";

    private readonly Lock _lock = new();
    private readonly List<Sample> _samples = [];
    private readonly List<(Place Place, Exception Exception)> _problems = [];
    private readonly List<(Place Place, UInt128 Id, Exception Exception)> _failures = [];
    private volatile bool _isStopped;

    /// <summary>Objects left out since their label is missing or of a class that is not learned.</summary>
    public int IgnoredObjects { get; private set; }

    /// <summary>Rows left out.</summary>
    public BadSamples BadSamples { get; } = new();

    /// <summary>What was read.</summary>
    public DatasetSummary Summary { get; private set; } = new DatasetSummaryBuilder([]).Build();

    /// <exception cref="FormatException">A row's labels and boxes do not fit together, a box is no box, or an image cannot be read; the message names row and column, or the file.</exception>
    /// <exception cref="InvalidOperationException">There is no row.</exception>
    public TrainingSet Read(IDataView data)
    {
        if (options.BadSampleHandling == BadSampleHandling.Throw)
            CheckLabels(data);
        var budget = options.ImageCaching == ImageCaching.Off ? 0 : options.ImageCacheMegabytes * Megabyte;
        var cache = new ImageCache(budget);
        try
        {
            ReadImages(data, cache);
            return new TrainingSet(Order(), cache);
        }
        catch
        {
            cache.Dispose();
            throw;
        }
    }

    private void CheckLabels(IDataView data)
    {
        var objects = new ObjectReader(options, classNames, data.Schema);
        using var cursor = data.GetRowCursor(objects.Columns);
        var read = objects.Getter(cursor);
        while (Attempt(cursor.MoveNext))
        {
            cancel();
            Attempt(read);
        }

        T Attempt<T>(Func<T> step)
        {
            try
            {
                return step();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                ExceptionDispatchInfo.Throw(RowProblem.ToThrow(exception, () => cursor.Position));
                throw;
            }
        }
    }

    private void ReadImages(IDataView data, ImageCache cache)
    {
        var objects = new ObjectReader(options, classNames, data.Schema);
        var image = data.Schema[options.ImageColumnName];
        var path = data.Schema.GetColumnOrNull(ImagePathColumnName) is { Type: TextDataViewType } column ? column : (DataViewSchema.Column?)null;
        var cursors = data.GetRowCursorSet([image, .. objects.Columns, .. path is null ? [] : new[] { path.Value }], Math.Min(Environment.ProcessorCount, MostThreads));
        try
        {
            var workers = Array.ConvertAll(cursors, cursor => Task.Factory.StartNew(() => Run(cursor, objects, image, path, cache), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            Task.WaitAll(workers);
        }
        finally
        {
            foreach (var cursor in cursors)
                cursor.Dispose();
        }

        if (_failures.Count > 0)
            ThrowFirst(data);
    }

    /// <summary>One thread's share of the rows. It holds one image at a time.</summary>
    private void Run(DataViewRowCursor cursor, ObjectReader objects, DataViewSchema.Column image, DataViewSchema.Column? path, ImageCache cache)
    {
        var (place, id) = (new Place(-1, -1), default(DataViewRowId));
        try
        {
            var idGetter = cursor.GetIdGetter();
            var readObjects = objects.Getter(cursor);
            var readImage = ImageGetter(cursor, image, path);
            while (!_isStopped && cursor.MoveNext())
            {
                cancel();
                place = new Place(cursor.Batch, place.Order + 1);
                idGetter(ref id);
                if (TryRead(place, readObjects, readImage) is not { } row)
                    continue;
                var sample = Resize(place, row.Objects, row.Image, cache);
                lock (_lock)
                    _samples.Add(sample);
            }
        }
        catch (Exception exception)
        {
            _isStopped = true;
            lock (_lock)
                _failures.Add((place, new UInt128(id.High, id.Low), exception));
        }
    }

    /// <summary>What the row holds; null where it is bad and bad ones are skipped.</summary>
    private (Objects Objects, MLImage Image)? TryRead(Place place, Func<Objects> readObjects, Func<MLImage> readImage)
    {
        try
        {
            return (readObjects(), readImage());
        }
        catch (Exception exception) when (options.BadSampleHandling == BadSampleHandling.Skip && (exception is RowProblem || BadSamples.IsBadSample(exception)))
        {
            lock (_lock)
                _problems.Add((place, exception));
            return null;
        }
    }

    private Sample Resize(Place place, Objects objects, MLImage image, ImageCache cache)
    {
        var letterbox = Letterbox.Fit(image, options.ImageSize);
        var boxes = Array.ConvertAll(objects.Boxes, letterbox.Frame.ToUpright);
        var resized = ResizedImage.From(image, letterbox);
        var file = options.ImageCaching == ImageCaching.Off ? ImageFile.Behind(image, letterbox) : null;
        var index = file is null ? cache.Add(resized) : cache.Add(file);
        return new Sample(place, index, letterbox with { Origin = default }, objects.Classes, boxes, objects.Ignored, Convert.ToHexString(SHA256.HashData(resized.Pixels)));
    }

    private static Func<MLImage> ImageGetter(DataViewRowCursor cursor, DataViewSchema.Column column, DataViewSchema.Column? pathColumn)
    {
        var getter = cursor.GetGetter<MLImage>(column);
        var pathGetter = pathColumn is null ? null : cursor.GetGetter<ReadOnlyMemory<char>>(pathColumn.Value);
        var path = default(ReadOnlyMemory<char>);
        MLImage? image = null;                                                            // never disposed here: it may be the caller's own
        return () =>
        {
            pathGetter?.Invoke(ref path);
            var name = path.IsEmpty ? "" : $" ('{path}')";
            try
            {
                getter(ref image!);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                image = null;                                                             // ML.NET may have disposed the one before
                throw new RowProblem(exception is ArgumentException or FileNotFoundException or DirectoryNotFoundException ? $"{name}: the image is missing, or is none that can be read; JPEG, PNG, BMP, GIF or WebP was expected." : $"{name}: the image cannot be read: {exception.Message}", exception);
            }

            if (image is null)
                throw new RowProblem($"{name} has no image in column '{column.Name}'.");
            if (File.Exists(image.Tag) && !ImageFile.IsWhole(image.Tag))
                throw new RowProblem($": the image '{image.Tag}' is truncated: its data ends before the picture does.");
            return image;
        };
    }

    /// <summary>The samples in the order of the rows, whichever thread read them.</summary>
    private TrainingSample[] Order()
    {
        var places = _samples.Select(sample => sample.Place).Concat(_problems.Select(problem => problem.Place)).Order().ToList();
        foreach (var (place, problem) in _problems)
        {
            var row = places.BinarySearch(place);
            BadSamples.Add(row, RowProblem.Describe(problem, row));
        }

        _samples.Sort((a, b) => a.Place.CompareTo(b.Place));
        if (_samples.Count == 0)
            throw new InvalidOperationException($"The data has no row to learn from.{(BadSamples.Count > 0 ? " " + BadSamples.Report("the data") : "")}");
        IgnoredObjects = _samples.Sum(sample => sample.Ignored);
        Summary = Summarize(_samples);
        return [.. _samples.Select(sample => sample.ToTrainingSample())];
    }

    private DatasetSummary Summarize(IReadOnlyList<Sample> samples)
    {
        var summary = new DatasetSummaryBuilder(classNames);
        var seen = new HashSet<string>();
        foreach (var sample in samples)
            summary.Add(sample.Letterbox.Width, sample.Letterbox.Height, Array.ConvertAll(sample.Classes, index => classNames[index]), sample.Boxes, !seen.Add(sample.Checksum));
        return summary.Build();
    }

    private void ThrowFirst(IDataView data)
    {
        var (_, id, exception) = _failures.OrderBy(failure => failure.Exception is OperationCanceledException ? 1 : 0).ThenBy(failure => failure.Place).First();
        ExceptionDispatchInfo.Throw(RowProblem.ToThrow(exception, () => RowNumber(data, id)));
    }

    /// <summary>Cursors of a set count their own rows alone: the number of a row among all is found by its id.</summary>
    private static long RowNumber(IDataView data, UInt128 wanted)
    {
        using var cursor = data.GetRowCursor([]);
        var getter = cursor.GetIdGetter();
        var id = default(DataViewRowId);
        while (cursor.MoveNext())
        {
            getter(ref id);
            if (new UInt128(id.High, id.Low) == wanted)
                return cursor.Position;
        }

        return -1;
    }

    /// <summary>Where a row stands: cursors of a set share the rows by batches, and each batch is one cursor's alone.</summary>
    private readonly record struct Place(long Batch, long Order) : IComparable<Place>
    {
        public int CompareTo(Place other) => (Batch, Order).CompareTo((other.Batch, other.Order));
    }

    private sealed record Sample(Place Place, int Image, Letterbox Letterbox, int[] Classes, Box[] Boxes, int Ignored, string Checksum)
    {
        /// <summary>Boxes are clipped to the image; those of which nothing is left are no objects, and of equal ones one counts, as in the reference.</summary>
        public TrainingSample ToTrainingSample()
        {
            var objects = Classes.Zip(Boxes, (label, box) => (Class: label, Box: Clip(box))).Where(item => item.Box.X1 > item.Box.X0 && item.Box.Y1 > item.Box.Y0).Distinct().ToList();
            return new TrainingSample(Image, Letterbox, [.. objects.Select(item => item.Class)], [.. objects.SelectMany(item => new[] { item.Box.X0, item.Box.Y0, item.Box.X1, item.Box.Y1 })]);
        }

        private Box Clip(Box box)
            => new(Math.Clamp(box.X0, 0, Letterbox.Width), Math.Clamp(box.Y0, 0, Letterbox.Height), Math.Clamp(box.X1, 0, Letterbox.Width), Math.Clamp(box.Y1, 0, Letterbox.Height));
    }
}
