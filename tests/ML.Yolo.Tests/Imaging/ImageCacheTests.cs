using ML.Yolo.Imaging;

namespace ML.Yolo.Tests.Imaging;

public sealed class ImageCacheTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3 * 64)]
    [InlineData(1 << 20)]
    public void Get_AddedByManyThreads_GivesEachImageBack(long budget)
    {
        using var cache = new ImageCache(budget);
        var indices = new int[200];
        Parallel.For(0, indices.Length, i => indices[i] = cache.Add(new ResizedImage(4, 4, Pixels(i))));

        Assert.Equal(200, indices.Distinct().Count());
        Assert.All(Enumerable.Range(0, 200), i => Assert.Equal(Pixels(i), cache.Get(indices[i]).Pixels));
    }

    [Fact]
    public void Dispose_ImagesOnDisk_LeavesNoFile()
    {
        var before = Files();
        using (var cache = new ImageCache(0))
        {
            cache.Add(new ResizedImage(4, 4, Pixels(1)));
        }

        Assert.Empty(Files().Except(before));
    }

    private static string[] Files() => Directory.GetFiles(Path.GetTempPath(), "ml-yolo-*.cache");

    private static byte[] Pixels(int value) => [.. Enumerable.Repeat((byte)value, 64)];
}
