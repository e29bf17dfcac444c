using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ML.Yolo.Files;

/// <summary>Writes a file whole or not at all: into a temporary neighbour, flushed to the disk, then moved into place.</summary>
/// <remarks>
/// A link stays a link: what it leads to is replaced. What is not a regular file, such as a device or a pipe, is written to directly. The mode of an earlier
/// file stays. Neighbours that a killed process left behind are removed by the next write into their folder.
/// </remarks>
internal static class AtomicFile
{
    private const string Prefix = ".ml-yolo-";
    private const string Suffix = ".tmp";

    // Other machines may write into the same folder: whose processes are alive cannot be told from here.
    private static readonly string Machine = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Environment.MachineName)))[..8];

    private static readonly ConcurrentDictionary<string, bool> InUse = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, bool> Cleaned = new(StringComparer.Ordinal);

    /// <summary>
    /// Replaces <paramref name="path"/> by what <paramref name="write"/> puts into the stream. Where that throws, the old file stays and nothing else is
    /// left.
    /// </summary>
    /// <exception cref="IOException">The file could not be written; the message names it.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var named = Path.GetFullPath(path);
        try
        {
            var link = new FileInfo(named);
            var target = link.LinkTarget is null ? named : link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            if (Directory.Exists(target))
                throw new IOException("It is a folder.");
            using var device = OpenDevice(target);
            if (device is null)
                Replace(target, write);
            else
                WriteTo(device, write);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"'{named}' could not be written, and was left as it was: {exception.Message}", exception);
        }
    }

    /// <summary>Finds out whether a file can be written, by making a neighbour of it that is gone again.</summary>
    /// <exception cref="IOException">It cannot; the message names it.</exception>
    public static void EnsureWritable(string path)
    {
        var named = Path.GetFullPath(path);
        try
        {
            var link = new FileInfo(named);
            var target = link.LinkTarget is null ? named : link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            if (Directory.Exists(target))
                throw new IOException("It is a folder.");
            using var device = OpenDevice(target);
            if (device is not null)
                return;
            var folder = Path.GetDirectoryName(target)!;
            Directory.CreateDirectory(folder);
            var temporary = TemporaryIn(folder);
            using (Create(temporary, target))
                InUse[temporary] = true;
            File.Delete(temporary);
            InUse.TryRemove(temporary, out _);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"'{named}' cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>A name for something that is moved into place when it is whole. Where its process is no more, <see cref="RemoveStale"/> removes it.</summary>
    public static string TemporaryIn(string folder)
        => Path.Combine(folder, FormattableString.Invariant($"{Prefix}{Machine}-{Environment.ProcessId}-{Guid.NewGuid():N}{Suffix}"));

    private static void Replace(string target, Action<Stream> write)
    {
        var folder = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(folder);
        RemoveStale(folder);
        var temporary = TemporaryIn(folder);
        InUse[temporary] = true;
        try
        {
            using (var stream = Create(temporary, target))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
            InUse.TryRemove(temporary, out _);
        }
    }

    private static FileStream Create(string temporary, string target)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Read };
        if (OperatingSystem.IsWindows() || !File.Exists(target))
            return new FileStream(temporary, options);
        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var stream = new FileStream(temporary, options);
        File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(target));
        return stream;
    }

    /// <summary>The target, open for writing, if it is a device or a pipe; null if it is a regular file, or is to become one.</summary>
    private static FileStream? OpenDevice(string target)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(target))
            return null;
        try
        {
            var stream = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (!stream.CanSeek || target.StartsWith("/dev/", StringComparison.Ordinal))
                return stream;
            stream.Dispose();
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            // A file that may not be written to may be replaced, if its folder may.
            return null;
        }
    }

    private static void WriteTo(FileStream device, Action<Stream> write)
    {
        using var whole = new MemoryStream();
        write(whole);
        whole.Position = 0;
        whole.CopyTo(device);
        device.Flush();
    }

    /// <summary>Removes what processes of this machine left that are no more. Once per folder: a process that runs leaves nothing.</summary>
    public static void RemoveStale(string folder)
    {
        if (!Cleaned.TryAdd(folder, true))
            return;
        foreach (var left in Directory.EnumerateFileSystemEntries(folder, $"{Prefix}{Machine}-*{Suffix}").Where(IsStale).ToList())
        {
            try
            {
                if (Directory.Exists(left))
                    Directory.Delete(left, recursive: true);
                else
                    File.Delete(left);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It is another's, or gone; nothing depends on it.
            }
        }
    }

    private static bool IsStale(string file)
    {
        var number = Path.GetFileName(file)[(Prefix.Length + Machine.Length + 1)..].Split('-')[0];
        if (InUse.ContainsKey(file) || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return false;
        if (id == Environment.ProcessId)
            return !Directory.Exists(file);
        try
        {
            using var process = Process.GetProcessById(id);
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }
}
