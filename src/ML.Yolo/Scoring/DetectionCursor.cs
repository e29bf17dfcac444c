using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Columns;
using ML.Yolo.Imaging;

namespace ML.Yolo.Scoring;

/// <summary>Scores rows in batches and hands them out one by one, while the next batches are being read and decoded on another thread.</summary>
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
    private readonly RowReader? _reader;
    private Detection[][] _detections = [];
    private RowBatch? _batch;
    private int _slot = -1;
    private bool _isOver;
    private long _position = -1;

    /// <param name="input">Active in the passed columns, and in the image column where scored. Owned.</param>
    /// <param name="schema">The output's schema, which begins with the input's columns.</param>
    /// <param name="passed">Input columns to hand through.</param>
    /// <param name="scorer">Null where no predicted column is wanted.</param>
    public DetectionCursor(DataViewRowCursor input, DataViewSchema schema, IEnumerable<DataViewSchema.Column> passed, DetectionScorer? scorer)
    {
        (_input, _scorer, Schema) = (input, scorer, schema);
        var capacity = scorer is null ? 1 : RowReader.Segments * scorer.BatchSize;
        _passed = passed.ToDictionary(column => column.Index, column => ColumnBuffer.Create(input, column, capacity));
        _idGetter = input.GetIdGetter();
        _image = scorer is null ? null : ImageReader(input.Schema[scorer.ImageColumnName]);
        _images = scorer?.Images(input);
        (_ids, _batches) = (new DataViewRowId[capacity], new long[capacity]);
        _reader = scorer is null ? null : new RowReader(input.MoveNext, ReadRow, scorer.BatchSize);
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => _slot < 0 ? 0 : _batches[_slot];

    public override bool MoveNext()
    {
        if (_isOver || !(_reader is null ? MoveInput() : MoveSlot()))
        {
            (_isOver, _position, _slot) = (true, -1, -1);
            Report();
            return false;
        }

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
            : DetectionScorer.Getter(column.Index - _input.Schema.Count, () => _detections[_slot - _batch!.FirstSlot]);
        return getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"The column '{column.Name}' holds {column.Type.RawType}; {typeof(TValue)} was asked for.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _reader?.Dispose();
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

    /// <summary>Goes on one row where nothing is scored.</summary>
    private bool MoveInput()
    {
        if (!_input.MoveNext())
            return false;
        _slot = 0;
        Pass(_slot, except: -1);
        return true;
    }

    /// <summary>Goes on within the batch, or to the next one, which is scored first.</summary>
    private bool MoveSlot()
    {
        if (_batch is { } batch && _slot + 1 < batch.FirstSlot + batch.Images.Count)
        {
            _slot++;
            return true;
        }

        _batch?.Failure?.Throw();
        _batch = _reader!.Next();
        if (_batch is null)
            return false;
        if (_batch.Images.Count == 0)
            _batch.Failure!.Throw();
        _detections = _scorer!.ScoreReadable(_batch.Images);
        _slot = _batch.FirstSlot;
        return true;
    }

    /// <summary>Reads the row the input stands at: on the reader's thread.</summary>
    private LetterboxedImage? ReadRow(int slot)
    {
        Pass(slot, except: _input.Schema[_scorer!.ImageColumnName].Index);
        return _scorer.Read(_images!, _input.Position, () => _image!(slot), _bad);
    }

    private void Pass(int slot, int except)
    {
        foreach (var (column, buffer) in _passed)
        {
            if (column != except)
                buffer.Read(slot);
        }

        _idGetter(ref _ids[slot]);
        _batches[slot] = _input.Batch;
    }
}
