namespace ML.Yolo.Files;

/// <summary>
/// Lines that are kept block by block in a folder until all are there, each block whole or not at all, so that a run that was cut off can go on.
/// </summary>
/// <param name="folder">The folder; made by the first block.</param>
internal sealed class BlockFiles(string folder)
{
    /// <summary>Whether a block is done.</summary>
    public bool Has(int block) => File.Exists(PathOf(block));

    /// <summary>Numbers of the blocks that are done.</summary>
    public IReadOnlyList<int> Done()
    {
        if (!Directory.Exists(folder))
            return [];
        var names = Directory.GetFiles(folder, "*.jsonl").Select(path => Path.GetFileNameWithoutExtension(path));
        return [.. names.Select(name => int.TryParse(name, out var block) ? block : -1).Where(block => block >= 0).Order()];
    }

    /// <summary>Keeps a block.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(int block, IReadOnlyList<string> lines) => AtomicFile.Write(PathOf(block), stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        foreach (var line in lines)
            writer.WriteLine(line);
    });

    /// <summary>The lines of all blocks in their order.</summary>
    /// <exception cref="IOException">A block is not there.</exception>
    public IEnumerable<string> Lines(int count) => Enumerable.Range(0, count).SelectMany(block => File.ReadLines(Existing(block)));

    /// <summary>Puts the blocks together in their order, whole or not at all, and removes the folder.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="count">How many blocks there are.</param>
    /// <exception cref="IOException">A block is not there, or the file cannot be written.</exception>
    public void MergeInto(string path, int count)
    {
        AtomicFile.Write(path, stream =>
        {
            for (var block = 0; block < count; block++)
            {
                using var lines = File.OpenRead(Existing(block));
                lines.CopyTo(stream);
            }
        });
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private string Existing(int block)
        => Has(block) ? PathOf(block) : throw new IOException($"'{PathOf(block)}' is not there: do all processes write to one folder?");

    private string PathOf(int block) => Path.Combine(folder, FormattableString.Invariant($"{block:D6}.jsonl"));
}
