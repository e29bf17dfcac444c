using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ML.Yolo.Imaging;

/// <summary>
/// Shrinks pictures of four bytes per pixel: a pixel of the result is the mean of the area it covers, as in the reference's area interpolation.
/// </summary>
/// <remarks>
/// First the rows under a row of the result are added up, weighted by their share, then the columns of that sum. A pixel of the source that lies under two
/// of the result counts for each by its share.
/// </remarks>
internal static class AreaResizing
{
    private const int Channels = 4;

    /// <summary>Shrinks. Neither side of the target may be longer than the source's.</summary>
    /// <param name="source">Width × Height × 4 bytes, row by row.</param>
    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="target">As many bytes as the target has.</param>
    /// <param name="targetWidth">Pixels per row of the target.</param>
    /// <param name="targetHeight">Rows of the target.</param>
    /// <param name="swapsRedAndBlue">Whether the first and third byte of each pixel change places.</param>
    public static void Shrink(ReadOnlySpan<byte> source, int width, int height, Span<byte> target, int targetWidth, int targetHeight, bool swapsRedAndBlue)
    {
        if (source.Length < width * height * Channels || target.Length < targetWidth * targetHeight * Channels)
        {
            throw new ArgumentException(
                $"{source.Length} and {target.Length} bytes are too few for {width} × {height} and {targetWidth} × {targetHeight} pixels.");
        }

        var sums = new float[width * Channels];
        var columns = Shares.Of(width, targetWidth);
        var rows = Shares.Of(height, targetHeight);
        var rowBytes = width * Channels;
        for (var y = 0; y < targetHeight; y++)
        {
            var (first, last) = (rows.First[y], rows.Last[y]);
            for (var row = first; row <= last; row++)
                AddRow(source.Slice(row * rowBytes, rowBytes), sums, rows.Share(y, row), isFirst: row == first);
            AddColumns(sums, columns, MemoryMarshal.Cast<byte, uint>(target.Slice(y * targetWidth * Channels, targetWidth * Channels)), swapsRedAndBlue);
        }
    }

    private static void AddRow(ReadOnlySpan<byte> row, Span<float> sums, float share, bool isFirst)
    {
        var weight = Vector128.Create(share);
        var i = 0;
        ref var from = ref MemoryMarshal.GetReference(row);
        ref var to = ref MemoryMarshal.GetReference(sums);
        for (; i <= row.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            var (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref from, (nuint)i));
            var (a, b) = Vector128.Widen(low);
            var (c, d) = Vector128.Widen(high);
            Accumulate(a, weight, ref to, i, isFirst);
            Accumulate(b, weight, ref to, i + 4, isFirst);
            Accumulate(c, weight, ref to, i + 8, isFirst);
            Accumulate(d, weight, ref to, i + 12, isFirst);
        }

        for (; i < row.Length; i++)
            sums[i] = (isFirst ? 0 : sums[i]) + (row[i] * share);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(Vector128<uint> values, Vector128<float> weight, ref float sums, int offset, bool isFirst)
    {
        var numbers = Vector128.ConvertToSingle(values.AsInt32());
        var sum = isFirst ? numbers * weight : Vector128.MultiplyAddEstimate(numbers, weight, Vector128.LoadUnsafe(ref sums, (nuint)offset));
        sum.StoreUnsafe(ref sums, (nuint)offset);
    }

    private static void AddColumns(ReadOnlySpan<float> sums, Shares columns, Span<uint> target, bool swapsRedAndBlue)
    {
        ref var from = ref MemoryMarshal.GetReference(sums);
        var half = Vector128.Create(0.5f);
        var order = swapsRedAndBlue ? Vector128.Create(2, 1, 0, 3) : Vector128.Create(0, 1, 2, 3);
        for (var x = 0; x < target.Length; x++)
        {
            var (first, last) = (columns.First[x], columns.Last[x]);
            var sum = Vector128.LoadUnsafe(ref from, (nuint)(first * Channels)) * columns.FirstShare[x];
            for (var column = first + 1; column < last; column++)
                sum = Vector128.MultiplyAddEstimate(Vector128.LoadUnsafe(ref from, (nuint)(column * Channels)), Vector128.Create(columns.WholeShare), sum);
            if (last > first)
                sum += Vector128.LoadUnsafe(ref from, (nuint)(last * Channels)) * columns.LastShare[x];
            var rounded = Vector128.Shuffle(Vector128.ConvertToInt32(sum + half), order);
            var narrow = Vector128.Narrow(rounded, rounded);
            target[x] = Vector128.Narrow(narrow.AsUInt16(), narrow.AsUInt16()).AsUInt32().ToScalar();
        }
    }

    /// <summary>Which pixels of one axis lie under each pixel of the result, and by what share of it.</summary>
    private sealed record Shares(int[] First, int[] Last, float[] FirstShare, float[] LastShare, float WholeShare)
    {
        // A sliver below this is rounding, and may lie beyond the last pixel.
        private const double Sliver = 1e-6;

        public static Shares Of(int size, int targetSize)
        {
            var scale = (double)size / targetSize;
            var shares = new Shares(new int[targetSize], new int[targetSize], new float[targetSize], new float[targetSize], (float)(1 / scale));
            for (var i = 0; i < targetSize; i++)
            {
                var (start, end) = (i * scale, Math.Min((i + 1) * scale, size));
                var first = (int)(start + Sliver);
                var last = Math.Clamp((int)Math.Ceiling(end - Sliver) - 1, first, size - 1);
                (shares.First[i], shares.Last[i]) = (first, last);
                shares.FirstShare[i] = (float)((Math.Min(first + 1, end) - Math.Max(start, first)) / scale);
                shares.LastShare[i] = (float)((end - last) / scale);
            }

            return shares;
        }

        public float Share(int target, int source) => source == First[target] ? FirstShare[target] : source == Last[target] ? LastShare[target] : WholeShare;
    }
}
