namespace WebDemo;

/// <summary>What tells one state of a file from another without reading it.</summary>
internal sealed record FileStamp(DateTime WrittenAt, long Length)
{
    /// <summary>Of a file; null where there is none.</summary>
    public static FileStamp? Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileStamp(file.LastWriteTimeUtc, file.Length) : null;
    }
}
