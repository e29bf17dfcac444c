using ML.Yolo.Tests.Imaging;

namespace ML.Yolo.Tests.Detecting;

/// <summary>Pictures of squares in files, of several sizes, the last one stored lying.</summary>
internal static class PictureFolder
{
    public static IReadOnlyList<string> Write(TemporaryFolder folder, int count)
    {
        var rows = SquareImages.Draw(count);
        var paths = Enumerable.Range(0, count).Select(i => folder.File($"{i}.png")).ToList();
        for (var i = 0; i < count; i++)
            rows[i].Image.Save(paths[i]);
        paths.Add(folder.File("lying.jpg"));
        ExifJpeg.Write(paths[^1], orientation: 6);
        return paths;
    }
}
