using System.Diagnostics;
using ML.Yolo.Imaging;

namespace ML.Yolo.Tests.Imaging;

public sealed class ImageCacheTests
{
    private static readonly string TrainingProcess = Path.Combine(AppContext.BaseDirectory, "TrainingProcess.dll");

    [Theory]
    [InlineData(0)]
    [InlineData(3 * 64)]
    [InlineData(1 << 20)]
    public void Get_AddedByManyThreads_GivesEachImageBack(long budget)
    {
        using var cache = new ImageCache(new MemoryBudget(budget));
        var indices = new int[200];
        Parallel.For(0, indices.Length, i => indices[i] = cache.Add(new ResizedImage(4, 4, Pixels(i))));

        Assert.Equal(200, indices.Distinct().Count());
        Assert.All(Enumerable.Range(0, 200), i => Assert.Equal(Pixels(i), cache.Get(indices[i]).Pixels));
    }

    [Fact]
    public void Add_TwoCachesOfOneBudget_ShareIt()
    {
        var budget = new MemoryBudget(3 * 64);
        using var training = new ImageCache(budget);
        using var validation = new ImageCache(budget);

        training.Add(new ResizedImage(4, 4, Pixels(1)));
        training.Add(new ResizedImage(4, 4, Pixels(2)));
        validation.Add(new ResizedImage(4, 4, Pixels(3)));

        Assert.False(budget.TryTake(1));
        Assert.Equal(Pixels(4), validation.Get(validation.Add(new ResizedImage(4, 4, Pixels(4)))).Pixels);
    }

    [Fact]
    public void TryTake_MoreThanIsLeft_TakesNothing()
    {
        var budget = new MemoryBudget(100);

        Assert.Equal([true, false, true, false], new long[] { 60, 41, 40, 1 }.Select(budget.TryTake));
    }

    [Fact]
    public void Dispose_ImagesOnDisk_LeavesNoFile()
    {
        var before = Files(Path.GetTempPath());
        using (var cache = new ImageCache(new MemoryBudget(0)))
        {
            cache.Add(new ResizedImage(4, 4, Pixels(1)));
        }

        Assert.Empty(Files(Path.GetTempPath()).Except(before));
    }

    [Fact]
    public void Kill_ProcessWithImagesOnDisk_LeavesNoFile()
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("dotnet", [TrainingProcess, folder.File("run", "checkpoints"), "100", "disk"]) { RedirectStandardOutput = true };
        foreach (var name in new[] { "TMPDIR", "TEMP", "TMP" })
            start.Environment[name] = folder.Path;
        using var process = Process.Start(start)!;
        while (process.StandardOutput.ReadLine() is { } line && line != "epoch 1")
        {
        }

        var opened = OperatingSystem.IsLinux() ? OpenFiles(process.Id).Count(path => path.StartsWith(folder.Path, StringComparison.Ordinal)) : 2;
        process.Kill();
        process.WaitForExit();

        // The training images' and the validation images'.
        Assert.Equal(2, opened);
        Assert.Empty(Files(folder.Path));
    }

    private static IEnumerable<string> OpenFiles(int process)
        => Directory.GetFiles($"/proc/{process}/fd")
            .Select(path => new FileInfo(path).LinkTarget ?? "")
            .Where(path => path.Contains(".cache", StringComparison.Ordinal));

    private static string[] Files(string folder) => Directory.GetFiles(folder, "ml-yolo-*.cache");

    private static byte[] Pixels(int value) => [.. Enumerable.Repeat((byte)value, 64)];
}
