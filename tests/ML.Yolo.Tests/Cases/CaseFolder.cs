using System.Text;
using SkiaSharp;

namespace ML.Yolo.Tests.Cases;

/// <summary>A copy of one case in a folder of its own: drawn here, or taken from the shared folder.</summary>
internal sealed class CaseFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private CaseFolder(string name) => Path = Directory.CreateDirectory(_folder.File(name)).FullName;

    public string Path { get; }

    public static CaseFolder Draw(string name)
    {
        var folder = new CaseFolder(name);
        foreach (var (path, content) in CaseContents.Files[name])
        {
            var file = folder.File(path);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            System.IO.File.WriteAllBytes(file, Bytes(content));
        }

        return folder;
    }

    public static CaseFolder Copy(string name)
    {
        var (folder, source) = (new CaseFolder(name), SharedFolder.Path("cases", name));
        foreach (var file in Directory.GetFiles(source, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            var target = folder.File(System.IO.Path.GetRelativePath(source, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            System.IO.File.WriteAllBytes(target, System.IO.File.ReadAllBytes(file));
        }

        return folder;
    }

    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts.SelectMany(part => part.Split('/'))]);

    public void Dispose() => _folder.Dispose();

    private static byte[] Bytes(string content) => content switch
    {
        CaseContents.HalfPicture => Draw(256, 256) is var whole ? whole[..(whole.Length / 2)] : [],
        CaseContents.CutBitmap => Bitmap()[..3702],
        CaseContents.AppleDouble => [0, 5, 0x16, 7, 0, 2, 0, 0, .. "Mac OS X        "u8],
        _ when content.StartsWith(CaseContents.Picture + " ", StringComparison.Ordinal) => DrawSized(content),
        _ => Encoding.Latin1.GetBytes(content),
    };

    private static byte[] DrawSized(string content) => content.Split(' ') is [_, var width, var height] ? Draw(int.Parse(width, null), int.Parse(height, null)) : [];

    private static byte[] Draw(int width, int height)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Gray);
        using var paint = new SKPaint { Color = SKColors.Red };
        canvas.DrawRect(width / 3f, height / 3f, width / 3f, height / 3f, paint);
        using var stream = new MemoryStream();
        bitmap.Encode(stream, SKEncodedImageFormat.Jpeg, 90);
        return stream.ToArray();
    }

    /// <summary>64 × 64 pixels of three bytes.</summary>
    private static byte[] Bitmap()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write("BM"u8);
        foreach (var number in new[] { 54 + (64 * 64 * 3), 0, 54, 40, 64, 64 })
            writer.Write(number);
        writer.Write((short)1);
        writer.Write((short)24);
        writer.Write(new byte[24 + (64 * 64 * 3)]);
        return bytes.ToArray();
    }
}
