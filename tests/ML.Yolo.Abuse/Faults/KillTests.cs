using Microsoft.ML;
using ML.Yolo.Tests;
using ML.Yolo.Tests.Datasets;

namespace ML.Yolo.Abuse.Faults;

/// <summary>A process that is killed while it writes leaves what was there whole, and what it left beside it is removed by the next.</summary>
public sealed class KillTests : IDisposable
{
    private readonly MLContext _mlContext = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2)]
    public void Save_ProcessIsKilled_LeavesAWholeFileAndTheNextRemovesTheRest(int kills) => KillSaving(kills);

    [Theory]
    [InlineData(24)]
    [Trait("Category", "Long")]
    public void Save_ProcessIsKilledManyTimes_LeavesAWholeFileEachTime(int kills) => KillSaving(kills);

    [Theory]
    [InlineData(1)]
    public void SaveAsYoloDataset_ProcessIsKilled_LeavesWholeSetsAndTheNextRemovesTheRest(int kills) => KillConverting(kills);

    [Theory]
    [InlineData(24)]
    [Trait("Category", "Long")]
    public void SaveAsYoloDataset_ProcessIsKilledManyTimes_LeavesWholeSets(int kills) => KillConverting(kills);

    private void KillSaving(int kills)
    {
        var path = _folder.File("model.zip");
        for (var i = 0; i < kills; i++)
        {
            KilledProcess.Run(20 + (i * 17 % 200), "save", path);
            YoloDetector.Load(path).Dispose();
            YoloDetector.Load(path + ".safetensors", ML.Yolo.Tests.Networks.SmallArchitecture.EveryBlock).Dispose();
        }

        using var writers = new Writers();
        writers.All["zip"](path);

        // A process cleans a folder at its first write into it.
        Assert.Equal(["model.zip", "model.zip.safetensors"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
    }

    private void KillConverting(int kills)
    {
        for (var i = 0; i < kills; i++)
        {
            var folder = _folder.File($"kill{i}");
            Directory.CreateDirectory(folder);
            KilledProcess.Run(10 + (i * 13 % 150), "convert", folder);
            var whole = 0;
            foreach (var set in Directory.GetDirectories(folder))
            {
                if (!File.Exists(Path.Combine(set, "data.yaml")))
                    continue;
                Assert.Equal(3, LabelledRows.Of(_mlContext, _mlContext.Data.LoadFromYoloDataset(set)).Count(row => row.Label is ["a"]));
                whole++;
            }

            Assert.True(whole >= 2);
            using var writers = new Writers();
            foreach (var set in Directory.GetDirectories(folder).Where(set => !File.Exists(Path.Combine(set, "data.yaml"))))
            {
                // Killed while the folders were moved: the next writer does not mix with what is there, and says so.
                if (Record.Exception(() => writers.Folders["yolo"](set)) is { } refused)
                    Assert.Contains("has files already", Assert.IsType<IOException>(refused).Message, StringComparison.Ordinal);
                else
                    Assert.Empty(Directory.GetDirectories(set, ".ml-yolo*"));
            }
        }
    }
}
