using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Columns;
using ML.Yolo.Imaging;

namespace ML.Yolo.Scoring;

/// <summary>Reads a batch of rows ahead, scores them as one tensor, and hands them out one by one.</summary>
internal sealed class DetectionCursor : DataViewRowCursor
{
    private readonly DataViewRowCursor _input;
    private readonly DetectionScorer? _scorer;
    private readonly Dictionary<int, ColumnBuffer> _passed;
    private readonly ValueGetter<DataViewRowId> _idGetter;
    private readonly Func<int, MLImage?>? _image;
    private readonly ImageColumn? _images;
    private readonly BadSamples _bad = new();
    private bool _isReported;
    private readonly DataViewRowId[] _ids;
    private readonly long[] _batches;
    private Detection[][] _detections = [];
    private int _slot = -1;
    private int _filled;
    private long _position = -1;

    /// <param name="input">Active in the passed columns, and in the image column where scored. Owned.</param>
    /// <param name="schema">The output's schema, which begins with the input's columns.</param>
    /// <param name="passed">Input columns to hand through.</param>
    /// <param name="scorer">Null where no predicted column is wanted.</param>
    public DetectionCursor(DataViewRowCursor input, DataViewSchema schema, IEnumerable<DataViewSchema.Column> passed, DetectionScorer? scorer)
    {
        (_input, _scorer, Schema) = (input, scorer, schema);
        var capacity = scorer?.BatchSize ?? 1;
        _passed = passed.ToDictionary(column => column.Index, column => ColumnBuffer.Create(input, column, capacity));
        _idGetter = input.GetIdGetter();
        _image = scorer is null ? null : ImageReader(input.Schema[scorer.ImageColumnName]);
        _images = scorer?.Images(input);
        (_ids, _batches) = (new DataViewRowId[capacity], new long[capacity]);
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => _slot < 0 ? 0 : _batches[_slot];

    public override bool MoveNext()
    {
        if (_slot + 1 >= _filled)
        {
            if (_filled < 0 || !Fill())
            {
                (_filled, _position) = (-1, -1);
                Report();
                return false;
            }

            _slot = -1;
        }

        _slot++;
        _position++;
        return true;
    }

    public override bool IsColumnActive(DataViewSchema.Column column)
        => column.Index < _input.Schema.Count ? _passed.ContainsKey(column.Index) : _scorer is not null;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _ids[_slot];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new InvalidOperationException($"The column '{column.Name}' was not asked for when the cursor was opened.");
        var getter = column.Index < _input.Schema.Count
            ? _passed[column.Index].Getter(() => _slot)
            : DetectionScorer.Getter(column.Index - _input.Schema.Count, () => _detections[_slot]);
        return getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"The column '{column.Name}' holds {column.Type.RawType}; {typeof(TValue)} was asked for.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Report();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The image of the row at hand: out of the row's slot where the column is handed through too, so that it is decoded once.</summary>
    private Func<int, MLImage?> ImageReader(DataViewSchema.Column column)
    {
        if (_passed.TryGetValue(column.Index, out var buffer))
        {
            return slot =>
            {
                buffer.Read(slot);
                return buffer.Image(slot);
            };
        }

        var getter = _input.GetGetter<MLImage>(column);
        MLImage? image = null;                                                            // never disposed here: it may be the caller's own
        return _ =>
        {
            try
            {
                getter(ref image!);
                return image;
            }
            catch
            {
                image = null;                                                             // ML.NET may have disposed the one before
                throw;
            }
        };
    }

    private void Report()
    {
        if (!_isReported)
            _scorer?.Report(_bad);
        _isReported = true;
    }

    /// <summary>Reads and scores the next rows; false where there are none.</summary>
    private bool Fill()
    {
        var images = new List<LetterboxedImage?>(_ids.Length);
        var own = _scorer is null ? -1 : _input.Schema[_scorer.ImageColumnName].Index;
        _filled = 0;
        while (_filled < _ids.Length && _input.MoveNext())
        {
            foreach (var (_, buffer) in _passed.Where(column => column.Key != own))
                buffer.Read(_filled);
            _idGetter(ref _ids[_filled]);
            _batches[_filled] = _input.Batch;
            if (_image is not null)
                images.Add(_scorer!.Read(_images!, _input.Position, () => _image(_filled), _bad));
            _filled++;
        }

        if (_filled > 0 && _scorer is not null)
            _detections = _scorer.ScoreReadable(images);
        return _filled > 0;
    }
}
