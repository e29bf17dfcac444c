using Microsoft.ML;
using Microsoft.ML.Data;
using ML.Yolo.Columns;

namespace ML.Yolo.Scoring;

/// <summary>Scores row by row, as <c>PredictionEngine</c> does: the batch of one.</summary>
internal sealed class DetectionRowMapper(DataViewSchema inputSchema, DataViewSchema outputSchema, DetectionScorer scorer) : IRowToRowMapper
{
    public DataViewSchema InputSchema => inputSchema;

    public DataViewSchema OutputSchema => outputSchema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var needed = dependingColumns.Select(column => column.Index).ToHashSet();
        if (needed.Any(index => index >= inputSchema.Count))
            needed.UnionWith(ImageColumn.PathColumns(inputSchema).Append(inputSchema[scorer.ImageColumnName]).Select(column => column.Index));
        return inputSchema.Where(column => needed.Contains(column.Index));
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
        => new Row(input, outputSchema, scorer, activeColumns.Select(column => column.Index).ToHashSet());

    private sealed class Row(DataViewRow input, DataViewSchema schema, DetectionScorer scorer, HashSet<int> active) : DataViewRow
    {
        private ValueGetter<MLImage>? _imageGetter;
        private MLImage? _image;                                                          // never disposed here: it may be the caller's own
        private ImageColumn? _images;
        private Detection[] _detections = [];
        private long _scored = -1;

        public override DataViewSchema Schema => schema;

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        private bool IsScored => active.Any(index => index >= input.Schema.Count);

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column)
            => active.Contains(column.Index) && (column.Index >= input.Schema.Count || input.IsColumnActive(input.Schema[column.Index]));

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            var (offset, image) = (column.Index - input.Schema.Count, input.Schema[scorer.ImageColumnName]);
            if (offset < 0 && !(IsScored && column.Index == image.Index))
                return input.GetGetter<TValue>(input.Schema[column.Index]);
            _imageGetter ??= input.GetGetter<MLImage>(image);
            _images ??= scorer.Images(input);
            return (offset < 0 ? ImageGetter() : DetectionScorer.Getter(offset, Detections)) as ValueGetter<TValue>
                ?? throw new InvalidOperationException($"The column '{column.Name}' holds {column.Type.RawType}; {typeof(TValue)} was asked for.");
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                input.Dispose();
            base.Dispose(disposing);
        }

        /// <summary>Hands on the image that is scored, so that it is decoded once. It is scored first, since whoever gets it may dispose it.</summary>
        private ValueGetter<MLImage> ImageGetter() => (ref MLImage value) =>
        {
            Detections();
            value = _image!;
        };

        /// <summary>Three columns are read of every row; it is scored once.</summary>
        private Detection[] Detections()
        {
            if (_scored != input.Position)
            {
                var bad = new BadSamples();
                _detections = scorer.ScoreReadable([scorer.Read(_images!, input.Position, ReadImage, bad)])[0];
                _scored = input.Position;
                scorer.Report(bad);
            }

            return _detections;
        }

        private MLImage? ReadImage()
        {
            try
            {
                _imageGetter!(ref _image!);
                return _image;
            }
            catch
            {
                _image = null;                                                            // ML.NET may have disposed the one before
                throw;
            }
        }
    }
}
