using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Columns;
using ML.Yolo.Distributed;
using ML.Yolo.Imaging;

namespace ML.Yolo.Samples;

/// <summary>
/// Reads the rows of a view: labels first, so that a broken set is known before an image is decoded, then the images, on several threads, resized and kept
/// for random access.
/// </summary>
/// <param name="settings">Columns, image size, caching, what to do with bad rows.</param>
/// <param name="classNames">Names of the classes learned, by index.</param>
/// <param name="name">What messages call the data: "training data".</param>
/// <param name="cancel">Throws where reading is to stop.</param>
/// <param name="distribution">Processes that each decode a share of the images and give it to the others; null where there is one.</param>
internal sealed class TrainingSetReader(
    SampleReadingSettings settings, IReadOnlyList<string> classNames, string name, Action cancel, Distribution? distribution = null)
{
    // Each thread holds a decoded photo.
    private const int MaxThreads = 16;

    private readonly DetectionColumns _columns = new(settings.Columns);
    private readonly Distribution _distribution = distribution ?? OneProcess.Instance;
    private readonly Lock _lock = new();
    private readonly List<ReadSample> _samples = [];
    private readonly List<(RowPlace Place, Func<int, string> Describe)> _problems = [];
    private readonly List<(RowPlace Place, UInt128 Id, Exception Exception)> _failures = [];
    private volatile bool _isStopped;

    /// <summary>Objects left out since their label is missing or of a class that is not learned.</summary>
    public int IgnoredObjects { get; private set; }

    /// <summary>Rows left out.</summary>
    public BadSamples BadSamples { get; } = new();

    /// <summary>What was read.</summary>
    public DatasetSummary Summary { get; private set; } = new DatasetSummaryBuilder([]).Build();

    /// <summary>Reads all rows.</summary>
    /// <param name="data">Rows with the columns of images, labels and boxes.</param>
    /// <param name="cache">Takes the images; disposed with the set, and where reading fails.</param>
    /// <exception cref="FormatException">
    /// A row's labels and boxes do not fit together, a box is not finite or inverted, or an image cannot be read; the message names row and column, or the
    /// file.
    /// </exception>
    /// <exception cref="InvalidOperationException">There is no row, or none that can be used.</exception>
    public TrainingSet Read(IDataView data, ImageCache cache)
    {
        try
        {
            if (settings.BadSampleHandling == BadSampleHandling.Throw)
                CheckLabels(data);
            ReadImages(data, cache);
            if (_distribution.Size > 1)
                new SampleExchange(_distribution, cache).Share(_samples, _problems);
            return new TrainingSet(Order(ImageColumn.PathColumns(data.Schema).SelectMany(Remarks.Of).ToList()), cache);
        }
        catch
        {
            cache.Dispose();
            throw;
        }
    }

    private void CheckLabels(IDataView data)
    {
        var objects = new ObjectReader(_columns, classNames, data.Schema);
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
        var objects = new ObjectReader(_columns, classNames, data.Schema);
        var image = _columns.Image.Find(data.Schema);
        var active = objects.Columns.Append(image).Concat(ImageColumn.PathColumns(data.Schema)).DistinctBy(column => column.Index).ToList();
        var positions = _distribution.Size > 1 ? RowPositions.Of(data) : null;
        var cursors = data.GetRowCursorSet(active, Math.Min(_distribution.ProcessorCount, MaxThreads));
        try
        {
            Task.WaitAll(Array.ConvertAll(cursors, cursor => Task.Factory.StartNew(
                () => Run(cursor, positions, objects, image, cache), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
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
    private void Run(DataViewRowCursor cursor, RowPositions? positions, ObjectReader objects, DataViewSchema.Column image, ImageCache cache)
    {
        var (place, id, share) = (new RowPlace(-1, -1), default(DataViewRowId), RankShare.Of(_distribution));
        try
        {
            var idGetter = cursor.GetIdGetter();
            var readObjects = objects.Getter(cursor);
            var images = new ImageColumn(cursor, image, EncodedImage.Problem);
            while (!_isStopped && cursor.MoveNext())
            {
                cancel();
                idGetter(ref id);
                place = positions is null ? new RowPlace(cursor.Batch, place.Order + 1) : new RowPlace(0, positions[id]);
                if (positions is not null && !share.Has(place.Order))
                    continue;
                if (TryRead(place, readObjects, images) is not { } row)
                    continue;
                var sample = row.ToSample(place, cache);
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
    private Row? TryRead(RowPlace place, Func<Objects> readObjects, ImageColumn images)
    {
        try
        {
            var objects = readObjects();
            return Resize(objects, images.Read(), images);
        }
        catch (Exception exception) when (settings.BadSampleHandling == BadSampleHandling.Skip && IsBad(exception))
        {
            lock (_lock)
                _problems.Add((place, row => RowProblem.Describe(exception, row)));
            return null;
        }
    }

    private static bool IsBad(Exception exception) => exception is RowProblem || BadSamples.IsBadSample(exception);

    private Row Resize(Objects objects, MLImage image, ImageColumn images)
    {
        try
        {
            var letterbox = Letterbox.Fit(image, settings.ImageSize);
            var file = settings.ImageCaching == ImageCaching.Off ? ImageFile.Behind(image, letterbox) : null;
            return new Row(objects, letterbox, ResizedImage.From(image, letterbox), file);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw images.Problem($"the image cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>The samples in the order of the rows, whichever thread read them.</summary>
    private TrainingSample[] Order(IReadOnlyList<string> remarks)
    {
        var places = _samples.Select(sample => sample.Place).Concat(_problems.Select(problem => problem.Place)).Order().ToList();
        foreach (var (place, describe) in _problems)
        {
            var row = places.BinarySearch(place);
            BadSamples.Add(row, describe(row));
        }

        _samples.Sort((a, b) => a.Place.CompareTo(b.Place));
        if (_samples.Count == 0)
        {
            var left = BadSamples.Count == 0 ? "." : $" that can be used. {BadSamples.Report($"the {name}")}";
            throw new InvalidOperationException($"The {name} has no row{left}");
        }

        IgnoredObjects = _samples.Sum(sample => sample.Objects.Ignored);
        Summary = Summarize(_samples, remarks);
        return [.. _samples.Select(sample => sample.ToTrainingSample())];
    }

    private DatasetSummary Summarize(IReadOnlyList<ReadSample> samples, IReadOnlyList<string> remarks)
    {
        var summary = new DatasetSummaryBuilder(classNames);
        var seen = new HashSet<string>();
        foreach (var sample in samples)
        {
            var labels = Array.ConvertAll(sample.Objects.Classes, index => classNames[index]);
            summary.Add(sample.Letterbox.Width, sample.Letterbox.Height, labels, sample.Objects.Boxes, !seen.Add(sample.Checksum));
        }

        return summary.Build(remarks);
    }

    private void ThrowFirst(IDataView data)
    {
        var (_, id, exception) = _failures.OrderBy(failure => failure.Exception is OperationCanceledException).ThenBy(failure => failure.Place).First();
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

    /// <summary>What a row holds, its image resized.</summary>
    /// <param name="Objects">The objects, pixels of the image as stored.</param>
    /// <param name="Letterbox">Where the image lies on the canvas.</param>
    /// <param name="Image">Its pixels.</param>
    /// <param name="File">Where they can be read again; null where they are kept.</param>
    private sealed record Row(Objects Objects, Letterbox Letterbox, ResizedImage Image, ImageFile? File)
    {
        public ReadSample ToSample(RowPlace place, ImageCache cache)
        {
            var objects = Objects with { Boxes = Array.ConvertAll(Objects.Boxes, Letterbox.Frame.ToUpright) };
            var index = File is null ? cache.Add(Image) : cache.Add(File);
            return new ReadSample(place, index, Letterbox with { Origin = default }, objects, Convert.ToHexString(SHA256.HashData(Image.Pixels)), File);
        }
    }
}
