using System.Text.Json;
using ML.Yolo.Imaging;
using SkiaSharp;

namespace ML.Yolo.Samples;

/// <summary>Gives every process the samples that each read its share of, pixels included: each image is decoded once.</summary>
/// <param name="distribution">The processes.</param>
/// <param name="cache">This process's images.</param>
internal sealed class SampleExchange(Distribution distribution, ImageCache cache)
{
    // As much as travels at a time, unless one image is larger.
    private const long MaxBytes = 32 << 20;

    /// <summary>Adds what the other ranks read to what this one did.</summary>
    /// <param name="samples">Samples of this rank; gets the others'.</param>
    /// <param name="problems">Rows of this rank that were left out; gets the others'.</param>
    public void Share(List<ReadSample> samples, List<(RowPlace Place, Func<int, string> Describe)> problems)
    {
        samples.Sort((a, b) => a.Place.CompareTo(b.Place));
        var own = new Read([.. samples.Select(Row.Of)], [.. problems.Select(problem => new Problem(problem.Place.Order, Text(problem)))]);
        var all = Array.ConvertAll(distribution.Gather(JsonSerializer.SerializeToUtf8Bytes(own)), bytes => JsonSerializer.Deserialize<Read>(bytes)!);
        Row[] ownRows = own.Rows;
        Dictionary<long, int> ownImages = samples.ToDictionary(sample => sample.Place.Order, sample => sample.Image);
        for (var rank = 0; rank < all.Length; rank++)
        {
            var isOwn = rank == distribution.Rank;
            var rows = isOwn ? ownRows : all[rank].Rows;
            foreach (var chunk in Chunks(rows.Where(row => row.File is null)))
                SharePixels(chunk, rank, isOwn ? ownImages : null, samples);
            if (isOwn)
                continue;
            foreach (var row in rows.Where(row => row.File is not null))
                samples.Add(row.ToSample(cache.Add(new ImageFile(row.File!, row.Placed() with { Origin = (SKEncodedOrigin)row.Origin }))));
            problems.AddRange(all[rank].Problems.Select(problem => (new RowPlace(0, problem.Row), (Func<int, string>)(_ => problem.Text))));
        }

        static string Text((RowPlace Place, Func<int, string> Describe) problem) => problem.Describe((int)problem.Place.Order);
    }

    /// <summary>One rank gives the pixels of its rows, the others keep them.</summary>
    private void SharePixels(List<Row> rows, int rank, Dictionary<long, int>? own, List<ReadSample> samples)
    {
        var bytes = GC.AllocateUninitializedArray<byte>((int)rows.Sum(row => row.ByteCount));
        var place = 0;
        if (own is not null)
        {
            foreach (var row in rows)
            {
                cache.Get(own[row.Position]).Pixels.CopyTo(bytes, place);
                place += (int)row.ByteCount;
            }
        }

        distribution.Broadcast(bytes, rank);
        if (own is not null)
            return;
        foreach (var row in rows)
        {
            var pixels = bytes.AsSpan(place, (int)row.ByteCount).ToArray();
            samples.Add(row.ToSample(cache.Add(new ResizedImage(row.Letterbox[4], row.Letterbox[5], pixels))));
            place += pixels.Length;
        }
    }

    private static IEnumerable<List<Row>> Chunks(IEnumerable<Row> rows)
    {
        var (chunk, bytes) = (new List<Row>(), 0L);
        foreach (var row in rows)
        {
            if (chunk.Count > 0 && bytes + row.ByteCount > MaxBytes)
            {
                yield return chunk;
                (chunk, bytes) = ([], 0);
            }

            chunk.Add(row);
            bytes += row.ByteCount;
        }

        if (chunk.Count > 0)
            yield return chunk;
    }

    /// <summary>What a rank read.</summary>
    private sealed record Read(Row[] Rows, Problem[] Problems);

    /// <summary>A row that was left out.</summary>
    private sealed record Problem(long Row, string Text);

    /// <summary>A sample as it travels: plain numbers.</summary>
    private sealed record Row(long Position, int[] Letterbox, int[] Classes, float[] Boxes, int Ignored, string Checksum, string? File, int Origin)
    {
        public long ByteCount => (long)Letterbox[4] * Letterbox[5] * ResizedImage.Channels;

        public static Row Of(ReadSample sample)
        {
            var (box, objects) = (sample.Letterbox, sample.Objects);
            return new Row(
                sample.Place.Order,
                [box.Width, box.Height, box.CanvasWidth, box.CanvasHeight, box.ResizedWidth, box.ResizedHeight],
                objects.Classes,
                [.. objects.Boxes.SelectMany(one => new[] { one.X0, one.Y0, one.X1, one.Y1 })],
                objects.Ignored,
                sample.Checksum,
                sample.File?.Path,
                (int)(sample.File?.Letterbox.Origin ?? default));
        }

        public Letterbox Placed() => new(Letterbox[0], Letterbox[1], Letterbox[2], Letterbox[3], Letterbox[4], Letterbox[5]);

        public ReadSample ToSample(int image)
        {
            Box[] boxes = [.. Boxes.Chunk(4).Select(corners => new Box(corners[0], corners[1], corners[2], corners[3]))];
            return new ReadSample(new RowPlace(0, Position), image, Placed(), new Objects(Classes, boxes, Ignored), Checksum, File: null);
        }
    }
}
