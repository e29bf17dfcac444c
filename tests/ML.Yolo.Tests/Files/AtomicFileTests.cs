using System.Diagnostics;
using System.Text;
using ML.Yolo.Files;

namespace ML.Yolo.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_ThroughALink_ReplacesWhatItLeadsToAndKeepsTheLink()
    {
        File.WriteAllText(_folder.File("real", "a.txt"), "old");
        File.CreateSymbolicLink(_folder.File("link.txt"), _folder.File("real", "a.txt"));

        Write("link.txt", "new");

        Assert.NotNull(new FileInfo(_folder.File("link.txt")).LinkTarget);
        Assert.Equal("new", File.ReadAllText(_folder.File("real", "a.txt")));
        Assert.Single(Directory.GetFiles(_folder.File("real")));
    }

    [Fact]
    public void Write_ThroughALinkToNothing_MakesWhatItLeadsTo()
    {
        File.CreateSymbolicLink(_folder.File("link.txt"), _folder.File("later.txt"));

        Write("link.txt", "new");

        Assert.Equal("new", File.ReadAllText(_folder.File("later.txt")));
        Assert.NotNull(new FileInfo(_folder.File("link.txt")).LinkTarget);
    }

    [Fact]
    public void Write_OverAFileThatOthersMayNotRead_KeepsItsMode()
    {
        if (OperatingSystem.IsWindows())
            return;
        Write("a.txt", "old");
        File.SetUnixFileMode(_folder.File("a.txt"), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Write("a.txt", "new");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("a.txt")));
        Assert.Equal("new", File.ReadAllText(_folder.File("a.txt")));
    }

    [Fact]
    public void Write_ToADevice_WritesToItAndLeavesItADevice()
    {
        if (OperatingSystem.IsWindows())
            return;
        AtomicFile.Write("/dev/null", stream => stream.Write("lost"u8));

        Assert.False(File.GetAttributes("/dev/null").HasFlag(FileAttributes.Archive));
        Assert.Empty(File.ReadAllBytes("/dev/null"));
        Assert.Empty(Directory.GetFiles("/dev", ".ml-yolo-*"));
    }

    [Fact]
    public void Write_NameAsLongAsTheSystemAllows_Works()
    {
        var name = new string('n', 251) + ".txt";

        Write(name, "new");

        Assert.Equal("new", File.ReadAllText(_folder.File(name)));
    }

    [Theory]
    [InlineData("a.txt/inner.txt")]
    [InlineData("folder")]
    public void Write_WhereNoFileCanBe_NamesTheTarget(string name)
    {
        Write("a.txt", "old");
        Directory.CreateDirectory(_folder.File("folder"));
        var target = Path.Combine([_folder.Path, .. name.Split('/')]);

        var exception = Assert.Throws<IOException>(() => AtomicFile.Write(target, stream => stream.WriteByte(1)));

        Assert.StartsWith($"'{target}' could not be written, and was left as it was: ", exception.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(_folder.File("a.txt")));
    }

    [Fact]
    public void Write_NeighboursOfProcessesThatAreNoMore_AreRemovedAndThoseOfOthersStay()
    {
        var folder = _folder.File("checkpoints");
        Directory.CreateDirectory(folder);
        Write(Path.Combine("elsewhere", "a.txt"), "probe", beforeMove: temporary =>
        {
            var own = Path.GetFileName(temporary);
            using var ended = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
            ended.WaitForExit();
            var id = FormattableString.Invariant($"-{Environment.ProcessId}-");
            File.WriteAllText(Path.Combine(folder, own.Replace(id, FormattableString.Invariant($"-{ended.Id}-"), StringComparison.Ordinal)), "stale");
            File.WriteAllText(Path.Combine(folder, ".ml-yolo-00000000-1-x.tmp"), "another machine's");
        });

        Write(Path.Combine("checkpoints", "last.txt"), "new");

        Assert.Equal([".ml-yolo-00000000-1-x.tmp", "last.txt"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private void Write(string name, string text, Action<string>? beforeMove = null) => AtomicFile.Write(Path.Combine(_folder.Path, name), stream =>
    {
        stream.Write(Encoding.UTF8.GetBytes(text));
        beforeMove?.Invoke(((FileStream)stream).Name);
    });
}
