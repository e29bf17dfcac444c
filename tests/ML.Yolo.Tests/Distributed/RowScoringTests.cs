using System.Text.Json;
using Microsoft.ML;
using ML.Yolo.Mpi;
using ML.Yolo.Tests.Onnx;

namespace ML.Yolo.Tests.Distributed;

public sealed class RowScoringTests : IDisposable
{
    private const int Rows = (2 * RowScoring.BlockLength) + 10;

    private readonly TemporaryFolder _folder = new();
    private readonly YoloTransformer _model = RandomDetector.Create(YoloArchitecture.V5Nano, imageSize: 64);

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Score_ThreeRanks_WritesTheLinesOfOneProcessInTheOrderOfTheRows()
    {
        var alone = Score(1, "alone.jsonl");
        var shared = Score(3, "shared.jsonl");

        Assert.Equal(Rows, alone.Length);
        Assert.Equal(alone, shared);
        Assert.Equal(Enumerable.Range(0, Rows), alone.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("row").GetInt32()));
        Assert.Contains(alone, line => line.Contains("\"box\":[", StringComparison.Ordinal));
        Assert.Equal(["alone.jsonl", "shared.jsonl"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Score_ARankFailed_KeepsWholeBlocksAndScoresOnlyWhatIsMissing()
    {
        var expected = Score(1, "alone.jsonl");
        var outcomes = ThreadRanks.Try(2, ranks => Score(ranks, "cut.jsonl", failing: RowScoring.BlockLength + 7));

        Assert.All(outcomes, outcome => Assert.NotNull(outcome.Exception));
        var blocks = Directory.GetFiles(_folder.File("cut.jsonl.unfinished"), "*.jsonl").Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(["000000.jsonl", "000002.jsonl"], blocks);

        var read = new List<int>();
        ThreadRanks.Run(2, ranks => Score(ranks, "cut.jsonl", failing: null, read));

        Assert.Equal(expected, File.ReadAllLines(_folder.File("cut.jsonl")));
        Assert.Equal(Enumerable.Range(RowScoring.BlockLength, RowScoring.BlockLength), read.Order());
    }

    [Fact]
    public void Score_BlocksOfAnotherModel_AreRefused()
    {
        ThreadRanks.Try(1, ranks => Score(ranks, "cut.jsonl", failing: RowScoring.BlockLength));
        _model.Scoring.ScoreThreshold = 0.9f;

        var exception = Assert.Throws<InvalidOperationException>(() => Score(1, "cut.jsonl"));

        Assert.Contains("holds what another model found, or in other data", exception.Message, StringComparison.Ordinal);
    }

    private string[] Score(int size, string name)
    {
        ThreadRanks.Run(size, ranks => Score(ranks, name, failing: null));
        return File.ReadAllLines(_folder.File(name));
    }

    /// <param name="ranks">The ranks.</param>
    /// <param name="name">Name of the file.</param>
    /// <param name="failing">The row whose picture cannot be had.</param>
    /// <param name="read">Gets the rows whose pictures were asked for.</param>
    private bool Score(Distribution ranks, string name, int? failing, List<int>? read = null)
    {
        var mlContext = new MLContext(seed: 1);
        var pictures = SquareImages.Draw(7);
        var rows = mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, Rows).Select(index => new Numbered { Index = index }));
        var images = mlContext.Transforms.CustomMapping<Numbered, Picture>(
            (row, picture) =>
            {
                lock (rows)
                    read?.Add(row.Index);
                picture.Image = row.Index == failing ? throw new IOException("no such picture") : pictures[row.Index % pictures.Count].Image;
            },
            contractName: null).Fit(rows).Transform(rows);
        new RowScoring(ranks, _model, _folder.File(name)).Score(images);
        return true;
    }

    private sealed class Numbered
    {
        public int Index { get; set; }
    }

    private sealed class Picture
    {
        [Microsoft.ML.Transforms.Image.ImageType(64, 64)]
        public Microsoft.ML.Data.MLImage Image { get; set; } = null!;
    }
}
