using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.ML;
using ML.Yolo.Columns;
using ML.Yolo.Devices;
using ML.Yolo.Files;

namespace ML.Yolo.Mpi;

/// <summary>Scores the rows of a view, shared among ranks by blocks, into a file of lines.</summary>
/// <param name="distribution">The ranks.</param>
/// <param name="model">A detector, or a chain with one.</param>
/// <param name="path">The file.</param>
internal sealed class RowScoring(Distribution distribution, ITransformer model, string path)
{
    /// <summary>Rows per block: what is scored anew where a run was cut off.</summary>
    public const int BlockLength = 256;

    private const string IdentityName = "identity.json";

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _folder = $"{path}.unfinished";
    private readonly DetectorChain _chain = new(model);

    /// <summary>Scores what is missing, and puts all together.</summary>
    public void Score(IDataView data) => distribution.Together(() =>
    {
        using var threads = ProcessorThreads.Limit(distribution.Size > 1 ? distribution.ProcessorCount : null);
        var blocks = new BlockFiles(_folder);
        if (distribution.IsFirst)
            Claim(data);
        var done = Agree(blocks);
        var own = new RowBlocks(data, BlockLength, new BlockShare(distribution.Rank, distribution.Size, done));
        ScoreOwn(own, blocks);
        distribution.Max(0);
        if (distribution.IsFirst)
            blocks.MergeInto(path, own.BlockCount);
        return true;
    });

    /// <summary>The first rank's view of what is done: others may see a folder late.</summary>
    private int[] Agree(BlockFiles blocks)
    {
        var own = distribution.IsFirst ? string.Join(',', blocks.Done()) : "";
        return [.. distribution.Agree(own).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
    }

    private void Claim(IDataView data)
    {
        var file = Path.Combine(_folder, IdentityName);
        var identity = Identity(data);
        if (!File.Exists(file))
            AtomicFile.Write(file, stream => stream.Write(Encoding.UTF8.GetBytes(identity)));
        else if (File.ReadAllText(file) != identity)
            throw new InvalidOperationException($"'{_folder}' holds what another model found, or in other data: finish that run, or remove the folder.");
    }

    private string Identity(IDataView data) => JsonSerializer.Serialize(new
    {
        block = BlockLength,
        rows = data.GetRowCount(),
        columns = data.Schema.Select(column => $"{column.Name}: {column.Type}"),
        detector = Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(DetectorManifest.Of(_chain.Detector)))),
    });

    private void ScoreOwn(RowBlocks own, BlockFiles blocks)
    {
        var scored = model.Transform(own);
        var names = _chain.Detector.Options.Columns;
        var columns = new[] { names.PredictedLabel, names.Score, names.PredictedBoundingBoxes }.Select(name => scored.Schema[name]).ToArray();
        using var cursor = scored.GetRowCursor(columns);
        var lines = new RowLines(cursor, columns);
        var (kept, numbers) = (new List<string>(BlockLength), own.Share.Blocks().GetEnumerator());
        while (cursor.MoveNext())
        {
            if (kept.Count == 0)
                numbers.MoveNext();
            kept.Add(lines.Read(((long)numbers.Current * BlockLength) + kept.Count));
            if (kept.Count < BlockLength)
                continue;
            blocks.Write(numbers.Current, kept);
            kept.Clear();
        }

        if (kept.Count > 0)
            blocks.Write(numbers.Current, kept);
    }

    /// <summary>Makes the line of the row that a cursor stands at.</summary>
    private sealed class RowLines
    {
        private readonly ClassTable _classes = new([]) { TakesNewNames = true };
        private readonly LabelColumn _labels;
        private readonly VectorColumn<float> _scores;
        private readonly BoxColumn _boxes;

        public RowLines(DataViewRow row, DataViewSchema.Column[] columns)
        {
            _labels = new LabelColumn(row, columns[0], _classes);
            _scores = new VectorColumn<float>(row, columns[1]);
            _boxes = new BoxColumn(row, columns[2]);
        }

        public string Read(long number)
        {
            int[] labels = [.. _labels.Read()];
            float[] scores = [.. _scores.Read()];
            Box[] boxes = [.. _boxes.Read()];
            var objects = labels.Select((label, i) => new
            {
                label = label < 0 ? null : _classes.Names[label],
                score = scores[i],
                box = new[] { boxes[i].X0, boxes[i].Y0, boxes[i].X1, boxes[i].Y1 },
            });
            return JsonSerializer.Serialize(new { row = number, objects }, Json);
        }
    }
}
