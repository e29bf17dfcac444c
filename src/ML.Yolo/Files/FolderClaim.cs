using System.Globalization;

namespace ML.Yolo.Files;

/// <summary>Possession of a folder by one run at a time, of this process or another. The system takes it from a process that is killed.</summary>
internal sealed class FolderClaim : IDisposable
{
    private const string LockName = ".ml-yolo.lock";
    private const string OwnerName = ".ml-yolo.owner";

    private static readonly FileStreamOptions Lock = new()
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        Options = FileOptions.DeleteOnClose,
    };

    private readonly string _folder;
    private readonly FileStream _lock;

    private FolderClaim(string folder, FileStream @lock) => (_folder, _lock) = (folder, @lock);

    /// <summary>Takes possession of a folder, which is made where it is not there.</summary>
    /// <exception cref="IOException">Another run has it, which is named, or nothing can be written there.</exception>
    public static FolderClaim Take(string folder)
    {
        var path = Path.GetFullPath(folder);
        try
        {
            Directory.CreateDirectory(path);
            var file = new FileStream(Path.Combine(path, LockName), Lock);
            var claim = new FolderClaim(path, file);
            try
            {
                File.WriteAllText(claim.Owner, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
                return claim;
            }
            catch
            {
                claim.Dispose();
                throw;
            }
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"Nothing can be written into the folder '{path}': {exception.Message}", exception);
        }
        catch (IOException exception) when (OwnerOf(path) is { } owner)
        {
            throw new IOException(
                $"The folder '{path}' belongs to another run that goes on, of process {owner}; each run needs a folder of its own.", exception);
        }
        catch (IOException exception)
        {
            throw new IOException($"Nothing can be written into the folder '{path}': {exception.Message}", exception);
        }
    }

    /// <summary>Gives the folder back, and leaves nothing in it.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(Owner);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It says who was here last, and harms nobody.
        }

        _lock.Dispose();
    }

    private string Owner => Path.Combine(_folder, OwnerName);

    /// <summary>Who has a folder whose lock is held; null where it is not.</summary>
    private static string? OwnerOf(string path)
    {
        try
        {
            using var file = new FileStream(Path.Combine(path, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return null;
        }
        catch (IOException)
        {
            var owner = Path.Combine(path, OwnerName);
            return File.Exists(owner) ? File.ReadAllText(owner) : null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
