using Microsoft.ML;
using Microsoft.ML.Data;

namespace ML.Yolo.Mpi;

/// <summary>The rows of a rank's blocks: the cursor passes over the others without reading them.</summary>
/// <param name="source">All rows.</param>
/// <param name="blockLength">Rows per block.</param>
/// <param name="share">Which blocks are the rank's.</param>
internal sealed class RowBlocks(IDataView source, int blockLength, BlockShare share) : IDataView
{
    private long _rows;

    /// <summary>Which blocks are the rank's.</summary>
    public BlockShare Share => share;

    /// <summary>Number of all blocks, once a cursor has come to the end.</summary>
    public int BlockCount => (int)((_rows + blockLength - 1) / blockLength);

    public bool CanShuffle => false;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        => new Cursor(this, source.GetRowCursor(columnsNeeded));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded)];

    private sealed class Cursor(RowBlocks view, DataViewRowCursor all) : DataViewRowCursor
    {
        private readonly int _blockLength = view.BlockLength;
        private long _passed;
        private long _position = -1;

        public override DataViewSchema Schema => all.Schema;

        public override long Position => _position;

        public override long Batch => all.Batch;

        public override bool MoveNext()
        {
            while (all.MoveNext())
            {
                if (!view.Share.Has((int)(_passed++ / _blockLength)))
                    continue;
                _position++;
                return true;
            }

            view._rows = _passed;
            _position = -1;
            return false;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => all.IsColumnActive(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => all.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => all.GetGetter<TValue>(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                all.Dispose();
            base.Dispose(disposing);
        }
    }

    private int BlockLength => blockLength;
}
