using System.Buffers.Binary;
using System.IO.Hashing;
using SkiaSharp;

namespace WebDemo.Load;

/// <summary>Four good uploads of five, and one of every kind of bad ones.</summary>
internal sealed class Mix(IReadOnlyList<byte[]> pictures)
{
    private readonly byte[] _bomb = Bomb();

    public Upload Next(Random random)
    {
        var picture = pictures[random.Next(pictures.Count)];
        return random.Next(25) switch
        {
            0 => new Upload(picture[..(picture.Length / 2)], UploadKind.Truncated),
            1 => new Upload("this is no image"u8.ToArray(), UploadKind.Text),
            2 => new Upload(_bomb, UploadKind.Bomb),
            3 => new Upload(picture[..random.Next(1, 16)], UploadKind.Tiny),
            4 => new Upload(picture, UploadKind.HangsUp),
            _ => new Upload(picture, UploadKind.Good),
        };
    }

    private static byte[] Bomb()
    {
        using var bitmap = new SKBitmap(8, 8);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 90);
        var png = data.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 60_000);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 60_000);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc32.HashToUInt32(png.AsSpan(12, 17)));
        return png;
    }
}
